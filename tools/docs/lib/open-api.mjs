import { controlPaths } from './open-api-controls.mjs';
import { opsPaths } from './open-api-ops.mjs';
import { deadLetterPaths } from './open-api-dead-letters.mjs';
import { webhookPaths } from './open-api-webhooks.mjs';

/** Shared definitions live beside the schemas that use them. */
const inComponents = (schema) =>
  JSON.parse(JSON.stringify(schema).replaceAll('#/$defs/', '#/components/schemas/'));

/** The HTTP contract as OpenAPI 3.1, from the schemas that the gateway uses. */
export function openApi({ contracts, z }) {
  const components = {};
  const schema = (name, type, io = 'output') => {
    const made = z.toJSONSchema(type, { io, unrepresentable: 'any' });
    const { $defs: shared = {}, ...own } = made;
    delete own.$schema;
    for (const [other, definition] of Object.entries(shared)) components[other] = inComponents(definition);
    // a schema with an id of its own comes as a reference to itself
    if (own.$ref !== undefined) return inComponents({ $ref: own.$ref });
    components[name] = inComponents(own);
    return { $ref: `#/components/schemas/${name}` };
  };
  const json = (ref, description, headers) => ({
    description,
    ...(headers ? { headers } : {}),
    content: { 'application/json': { schema: ref } },
  });
  const problem = schema('Problem', contracts.problemSchema);
  const failing = (description) => ({
    description,
    content: { 'application/problem+json': { schema: problem } },
  });
  const batch = schema('Batch', contracts.batchSchema);
  const file = schema('File', contracts.fileSchema);
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
  const idx = { name: 'idx', in: 'path', required: true, schema: { type: 'integer', minimum: 0 } };
  const query = (type) => {
    const { properties = {} } = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' });
    return Object.entries(properties).map(([name, spec]) => ({ name, in: 'query', schema: spec }));
  };
  const errors = {
    401: failing('no or a wrong API key'),
    404: failing('absent, or of another tenant'),
    503: failing('overloaded or a dependency is away; see Retry-After'),
  };
  const get = (summary, answers, parameters) => ({
    get: { summary, parameters, responses: { ...answers, ...errors } },
  });
  const binary = (type, description) => ({
    description,
    content: { [type]: { schema: { type: 'string', format: 'binary' } } },
  });
  const modelLink = {
    description:
      'where downloads are presigned: the model is at Location, for 15 minutes and without an API key',
    headers: { Location: { schema: { type: 'string', format: 'uri' } } },
  };

  const settings = schema('Settings', contracts.settingsSchema, 'input');
  const fields = schema('CreateBatchFields', contracts.createBatchFieldsSchema, 'input');
  const form = {
    allOf: [
      fields,
      {
        type: 'object',
        properties: { images: { type: 'array', items: { type: 'string', format: 'binary' } }, settings },
        required: ['images'],
      },
    ],
  };
  const events = Object.fromEntries(
    Object.entries(contracts.eventDataSchemas).map(([name, type]) => [name, schema(`Event.${name}`, type)]),
  );
  const controls = controlPaths({ contracts, schema, json, failing, errors, batch, id });
  const told = webhookPaths({ contracts, schema, json, failing, errors, id, query });
  const batchBody = {
    content: {
      'multipart/form-data': { schema: form, encoding: { settings: { contentType: 'application/json' } } },
      'application/json': {
        schema: {
          oneOf: [
            schema('CreateUrlBatch', contracts.createUrlBatchSchema, 'input'),
            schema('CreateNoopBatch', contracts.createNoopBatchSchema, 'input'),
          ],
        },
      },
    },
  };
  const refusals = {
    400: failing('not readable'),
    401: errors[401],
    413: failing('too many files or bytes'),
    415: failing('neither multipart/form-data nor application/json'),
    422: failing('a field or every image is invalid'),
    503: errors[503],
  };
  const idempotencyKey = {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'With the same key and body a repeat gets the same answer and creates nothing, for 24 h.',
    schema: { type: 'string', minLength: 1, maxLength: contracts.httpLimits.idempotencyKeyCharacters },
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'image2model',
      version: '1.0.0',
      description: 'Batches of product photos in, textured 3D models (GLB) out.',
    },
    security: [{ key: [] }],
    paths: {
      '/v1/batches': {
        post: {
          summary: 'Send a batch',
          parameters: [idempotencyKey],
          requestBody: batchBody,
          responses: {
            202: json(batch, 'accepted: it will reach its end', { Location: { schema: { type: 'string' } } }),
            ...refusals,
            409: failing('a request with the same Idempotency-Key is being answered; see Retry-After'),
            422: failing(
              'a field or every image is invalid, or the Idempotency-Key was used for another body',
            ),
          },
        },
        ...get(
          'Batches, newest first',
          { 200: json(schema('BatchList', contracts.batchListSchema), 'a page') },
          query(contracts.listBatchesQuerySchema),
        ),
      },
      '/v1/batches:quote': {
        post: {
          summary: 'What a batch would cost and how long it would take; nothing of it is kept',
          requestBody: batchBody,
          responses: { 200: json(schema('Quote', contracts.quoteSchema), 'the quote'), ...refusals },
        },
      },
      '/v1/batches/{id}': {
        ...get('One batch', { 200: json(batch, 'the batch') }, [id]),
        ...controls.batch,
        delete: {
          summary: 'Delete a batch that has ended: results and data go, at once for everybody',
          parameters: [id],
          responses: {
            204: { description: 'there is no such batch any more' },
            409: failing('it has not ended'),
            ...errors,
          },
        },
      },
      '/v1/batches/{id}/files': get(
        'Its files',
        { 200: json(schema('FileList', contracts.fileListSchema), 'a page') },
        [id, ...query(contracts.listFilesQuerySchema)],
      ),
      '/v1/batches/{id}/files/{idx}': get('One file', { 200: json(file, 'the file') }, [id, idx]),
      '/v1/batches/{id}/files/{idx}/model': get(
        'Its model; one range, conditions on its ETag',
        {
          200: binary('model/gltf-binary', 'the GLB'),
          206: binary('model/gltf-binary', 'a range'),
          304: { description: 'unchanged' },
          307: modelLink,
          412: failing('If-Match names another version'),
          416: failing('no such range'),
        },
        [id, idx],
      ),
      '/v1/batches/{id}/files/{idx}/thumbnail': get(
        'Its source as a small WebP; 404 until an image by URL is fetched',
        {
          200: binary('image/webp', 'at most 512 pixels, upright'),
          304: { description: 'unchanged' },
        },
        [id, idx],
      ),
      '/v1/batches/{id}/manifest': get(
        'Everything about every file',
        { 200: json(schema('Manifest', contracts.manifestSchema), 'the manifest') },
        [id],
      ),
      '/v1/batches/{id}/results.zip': get(
        'Every model, stored not deflated, under the paths of the manifest, and the manifest',
        { 200: binary('application/zip', 'the zip'), 409: failing('the batch has not ended') },
        [id],
      ),
      '/v1/batches/{id}/audit': get(
        'The self-audit; reads every model, so it takes its time. Blank lines may come before the answer',
        { 200: json(schema('Audit', contracts.auditSchema), 'what was found') },
        [id],
      ),
      '/v1/batches/{id}/events': get(
        'Server-sent events; facts have ids, Last-Event-ID resumes',
        {
          200: {
            description: 'one event schema for each event name',
            content: { 'text/event-stream': { schema: { oneOf: Object.values(events) } } },
          },
        },
        [id, { name: 'Last-Event-ID', in: 'header', schema: { type: 'string' } }],
      ),
      '/v1/batches/{id}/cancel': {
        post: {
          summary: 'Stop it: nothing new starts, and nothing is bought, after the answer',
          parameters: [id],
          responses: { 200: json(batch, 'the batch'), ...errors },
        },
      },
      ...controls.paths,
      ...opsPaths({ contracts, schema, json, failing, errors, query }),
      ...told.paths,
      ...deadLetterPaths({ contracts, schema, json, failing, errors, query }),
    },
    webhooks: told.webhooks,
    components: { schemas: components, securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  };
}
