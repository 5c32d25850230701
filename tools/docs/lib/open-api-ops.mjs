/** Paths of operators, below /v1/ops; with the helpers of {@link openApi}. */
export function opsPaths({ contracts, schema, json, failing, errors, query }) {
  const forOperators = {
    401: errors[401],
    403: failing('the key has no scope ops: use one of I2M_API_KEYS'),
    503: errors[503],
  };
  const absent = { 404: failing('there is none of that name; the detail names those that there are') };
  const confirm = {
    422: failing('a field is invalid, or `confirm_required`: nothing was done, the detail says what to send'),
  };
  const invalid = { 422: failing('a field is invalid') };
  const body = (name, type) => ({ content: { 'application/json': { schema: schema(name, type, 'input') } } });
  const call = (method, summary, responses, { parameters, requestBody } = {}) => ({
    [method]: {
      summary,
      tags: ['operations'],
      ...(parameters ? { parameters } : {}),
      ...(requestBody ? { requestBody } : {}),
      responses: { ...responses, ...forOperators },
    },
  });
  const named = (name) => ({ name, in: 'path', required: true, schema: { type: 'string' } });
  const confirmQuery = {
    name: 'confirm',
    in: 'query',
    description: 'true, or the name of what it is done to; instead of the same field in the body.',
    schema: { type: 'string' },
  };
  const one = (name, type, text) => json(schema(name, type), text);
  const page = (summary, name, type, parameters) =>
    call('get', summary, { 200: one(name, type, 'a page'), ...(parameters ? invalid : {}) }, { parameters });
  const confirmed = body('Confirmed', contracts.confirmedSchema);
  const note = body('OperatorNote', contracts.operatorNoteSchema);
  const letter = schema('DeadLetter', contracts.deadLetterSchema);
  const touched = one('DeadLettersTouched', contracts.deadLettersTouchedSchema, 'how many');
  const worker = schema('OpsWorker', contracts.opsWorkerSchema);
  const lane = schema('OpsLane', contracts.opsLaneSchema);
  const asked = { 202: one('JobAsked', contracts.jobAskedSchema, 'it is asked for'), ...confirm };
  const cleanUp = call(
    'post',
    'Delete what is past its retention now; emergency: the oldest ended batches whatever theirs',
    asked,
    {
      parameters: [confirmQuery],
      requestBody: body('CleanUp', contracts.cleanUpSchema),
    },
  );
  const laneCall = (summary, requestBody) =>
    call(
      'post',
      summary,
      { 200: json(lane, 'the lane'), ...absent, ...invalid },
      { parameters: [named('lane')], requestBody },
    );
  return {
    '/v1/ops/overview': call(
      'get',
      'The whole installation at one look; also while the message broker is away',
      {
        200: one('Overview', contracts.overviewSchema, 'as it is now'),
      },
    ),
    '/v1/ops/queues': page(
      'Every queue: ready, unacknowledged, consumers, rates',
      'OpsQueueList',
      contracts.opsQueueListSchema,
    ),
    '/v1/ops/queues/{queue}/purge': call(
      'post',
      'Drop what is ready in a queue; what it asked for is asked for again when it is overdue',
      { 200: one('Purged', contracts.purgedSchema, 'how many'), ...absent, ...confirm },
      { parameters: [named('queue'), confirmQuery], requestBody: confirmed },
    ),
    '/v1/ops/workers': page(
      'Every live process: active, reserved, registered, stats, configuration',
      'OpsWorkerList',
      contracts.opsWorkerListSchema,
    ),
    '/v1/ops/workers/{id}': call(
      'get',
      'One process',
      { 200: json(worker, 'the process'), ...absent },
      { parameters: [named('id')] },
    ),
    '/v1/ops/workers/{id}/drain': call(
      'post',
      'Let a process hand over what it has; then it starts anew, or stays and takes nothing',
      { 202: json(worker, 'it is told'), ...absent, ...confirm },
      {
        parameters: [named('id'), confirmQuery],
        requestBody: body('DrainWorker', contracts.drainWorkerSchema),
      },
    ),
    '/v1/ops/workers/{id}/resume': call(
      'post',
      'Let a drained process take work again',
      { 202: json(worker, 'it is told'), ...absent },
      { parameters: [named('id')] },
    ),
    '/v1/ops/tasks': call(
      'get',
      'Files of all tenants by state: those of live batches, the oldest first, then those of ended ones. A page may be short and have a next one',
      { 200: one('OpsTaskList', contracts.opsTaskListSchema, 'a page'), ...absent, ...invalid },
      { parameters: query(contracts.listTasksQuerySchema) },
    ),
    '/v1/ops/lanes': page('The lanes, and who paused them', 'OpsLaneList', contracts.opsLaneListSchema),
    '/v1/ops/lanes/{lane}/pause': laneCall(
      'Hand nothing of a lane out until it is resumed; what is in work goes on',
      note,
    ),
    '/v1/ops/lanes/{lane}/resume': laneCall('Let a lane go on'),
    '/v1/ops/health': page(
      'The last health checks, newest first',
      'HealthHistory',
      contracts.healthHistorySchema,
      query(contracts.listHealthQuerySchema),
    ),
    '/v1/ops/schedules': page(
      'The timetable of maintenance, with last and next run',
      'ScheduleList',
      contracts.scheduleListSchema,
    ),
    '/v1/ops/maintenance/clean-up': cleanUp,
    '/v1/ops/maintenance/cleanup': cleanUp,
    '/v1/ops/maintenance/health-check': call('post', 'Check the health now', { 202: asked[202] }),
    '/v1/ops/log-level': call(
      'put',
      'How much the services log, for a while',
      { 200: one('LogLevelSet', contracts.logLevelSetSchema, 'as it is now'), ...invalid },
      { requestBody: body('LogLevel', contracts.logLevelSchema) },
    ),
    '/v1/ops/alerts:test': call(
      'post',
      'Send a test alert through the routes of its severity',
      { 202: one('TestAlertSent', contracts.testAlertSentSchema, 'it is on its way'), ...confirm },
      { parameters: [confirmQuery], requestBody: body('TestAlert', contracts.testAlertSchema) },
    ),
    '/v1/ops/dead-letters': {
      ...page(
        'Dead letters, newest first; open ones unless asked otherwise',
        'DeadLetterList',
        contracts.deadLetterListSchema,
        query(contracts.listDeadLettersQuerySchema),
      ),
      ...call(
        'delete',
        'Discard all open ones; they stay listed',
        { 200: touched, ...confirm },
        { parameters: query(contracts.discardAllQuerySchema) },
      ),
    },
    '/v1/ops/dead-letters:redrive': call(
      'post',
      'Redrive all open ones',
      { 202: touched, ...confirm },
      {
        parameters: [confirmQuery],
        requestBody: body('RedriveAll', contracts.redriveAllSchema),
      },
    ),
    '/v1/ops/dead-letters/{id}': {
      ...call(
        'get',
        'One, with its headers and its body',
        { 200: json(letter, 'the dead letter'), 404: errors[404] },
        { parameters: [named('id')] },
      ),
      ...call(
        'delete',
        'Discard it; it stays listed',
        {
          200: json(letter, 'the dead letter'),
          404: errors[404],
          409: failing('it is not open'),
          ...confirm,
        },
        { parameters: [named('id'), confirmQuery] },
      ),
    },
    '/v1/ops/dead-letters/{id}/redrive': call(
      'post',
      'Send it to its queue again, as it was or repaired; of a settled file: retry that file',
      {
        202: json(letter, 'it is being redriven'),
        404: errors[404],
        409: failing('it is not open'),
        422: failing('the repaired message is no message of its queue'),
      },
      { parameters: [named('id')], requestBody: body('Redrive', contracts.redriveSchema) },
    ),
    '/v1/ops/events': call(
      'get',
      'What happens to the installation, as server-sent events: the last 100 first, or from Last-Event-ID on',
      {
        200: {
          description: `event is one of ${contracts.opsEventTypes.join(', ')}; with files=true also file.started, file.completed, file.failed, file.cancelled, without id`,
          content: { 'text/event-stream': { schema: schema('OpsEvent', contracts.opsEventSchema) } },
        },
        400: failing('Last-Event-ID is not the id of an event'),
        ...invalid,
      },
      {
        parameters: [
          ...query(contracts.opsEventsQuerySchema),
          { name: 'Last-Event-ID', in: 'header', schema: { type: 'string' } },
        ],
      },
    ),
  };
}
