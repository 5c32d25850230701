/** Paths that change a live or an ended batch, and those of the operator; with the helpers of {@link openApi}. */
export function controlPaths({ contracts, schema, json, failing, errors, batch, id }) {
  const body = (name, type, required) => ({
    required,
    content: { 'application/json': { schema: schema(name, type, 'input') } },
  });
  const patch = body('PatchBatch', contracts.patchBatchSchema, true);
  const retry = body('RetryBatch', contracts.retryBatchSchema, false);
  const why = body('PauseProvider', contracts.pauseProviderSchema, false);
  const quote = schema('RetryQuote', contracts.retryQuoteSchema);
  const state = json(schema('Provider', contracts.providerSchema), 'the provider');
  const unprocessable = { 422: failing('a field is invalid') };
  const post = (summary, responses, parameters, requestBody) => ({
    post: {
      summary,
      parameters,
      ...(requestBody ? { requestBody } : {}),
      responses: { ...responses, ...errors },
    },
  });
  const provider = { name: 'provider', in: 'path', required: true, schema: { type: 'string' } };
  return {
    batch: {
      patch: {
        summary: 'Change name, priority, budget or retention: all that is asked, or nothing',
        parameters: [id],
        requestBody: patch,
        responses: {
          200: json(batch, 'the batch; a budget that covers another file lets it go on'),
          409: failing('priority and budget of a batch that has ended'),
          ...unprocessable,
          ...errors,
        },
      },
    },
    paths: {
      '/v1/batches/{id}/pause': post(
        'Hold it: no file starts after the answer, what is paid for is finished',
        { 200: json(batch, 'the batch'), 409: failing('it has ended') },
        [id],
      ),
      '/v1/batches/{id}/resume': post(
        'Let it go on; a hold for want of budget stays until budget_usd is raised',
        { 200: json(batch, 'the batch') },
        [id],
      ),
      '/v1/batches/{id}/retry': post(
        'Try the failed files of an ended batch again, in its next run; or only tell the price',
        {
          200: json({ oneOf: [batch, quote] }, 'the batch, or the price when `quote` is true'),
          409: failing('it has not ended'),
          ...unprocessable,
        },
        [id],
        retry,
      ),
      '/v1/ops/providers': {
        get: {
          summary: 'The paid providers, and how much of them is used',
          responses: {
            200: json(schema('ProviderList', contracts.providerListSchema), 'all of them'),
            401: errors[401],
            503: errors[503],
          },
        },
      },
      '/v1/ops/providers/{provider}/pause': post(
        'Send it nothing new, whoever asks',
        { 200: state, ...unprocessable },
        [provider],
        why,
      ),
      '/v1/ops/providers/{provider}/resume': post('Use it again', { 200: state }, [provider]),
    },
  };
}
