/** Dead letters, as operators see and redrive them; with the helpers of {@link openApi}. */
export function deadLetterPaths({ contracts, schema, json, failing, errors, query }) {
  const letter = schema('DeadLetter', contracts.deadLetterSchema);
  const touched = json(schema('DeadLettersTouched', contracts.deadLettersTouchedSchema), 'with how many');
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
  const confirm = {
    name: 'confirm',
    in: 'query',
    required: true,
    description: 'true, or the id of the dead letter (`dead-letters` for all of them).',
    schema: { type: 'string' },
  };
  const body = (name, type) => ({
    required: false,
    content: { 'application/json': { schema: schema(name, type, 'input') } },
  });
  const refusals = {
    401: errors[401],
    403: failing('the key has no scope `ops`'),
    422: failing('a field is invalid, or it was not confirmed'),
    503: errors[503],
  };
  const taken = { 404: errors[404], 409: failing('it is not open: it was redriven or discarded') };
  return {
    '/v1/ops/dead-letters': {
      get: {
        summary: 'Messages that could not be handled, newest first; the open ones by default',
        parameters: query(contracts.listDeadLettersQuerySchema),
        responses: {
          200: json(schema('DeadLetterList', contracts.deadLetterListSchema), 'a page'),
          ...refusals,
        },
      },
      delete: {
        summary: 'Discard all that are open, or those of one queue',
        parameters: [
          confirm,
          ...query(contracts.discardAllQuerySchema).filter(({ name }) => name === 'queue'),
        ],
        responses: { 200: touched, ...refusals },
      },
    },
    '/v1/ops/dead-letters:redrive': {
      post: {
        summary: 'Redrive all that are open, or those of one queue or one reason',
        requestBody: body('RedriveAll', contracts.redriveAllSchema),
        responses: { 202: touched, ...refusals },
      },
    },
    '/v1/ops/dead-letters/{id}': {
      get: {
        summary: 'One of them, with its headers and its body',
        parameters: [id],
        responses: { 200: json(letter, 'the dead letter'), 404: errors[404], ...refusals },
      },
      delete: {
        summary: 'Discard it; it stays listed as discarded until it is old',
        parameters: [id, confirm],
        responses: { 200: json(letter, 'the dead letter'), ...taken, ...refusals },
      },
    },
    '/v1/ops/dead-letters/{id}/redrive': {
      post: {
        summary:
          'Handle it again, as it is or repaired: back to its queue, or a retry of its file when that has failed',
        parameters: [id],
        requestBody: body('Redrive', contracts.redriveSchema),
        responses: {
          202: json(letter, 'on its way; `state` and `detail` say what came of it'),
          ...taken,
          ...refusals,
        },
      },
    },
  };
}
