import { refuse } from './refuse.mjs';

/**
 * @typedef {{ uploadId: string, bucket: string, key: string, initiated: Date,
 *   parts: Map<number, { partNumber: number, body: Buffer, etag: string, lastModified: Date }> }} Upload
 * @typedef {{ buckets: Map<string, Map<string, unknown>>, multipartUploads: Map<string, Upload> }} Store
 * @typedef {{ method: string, bucket: string, key: string, query: Record<string, string | undefined> }} Call
 */

/**
 * What fauxqs does not answer as S3 does. The hook and fauxqs' own handlers run without a pause between them, so two conditional
 * creates cannot both find nothing.
 * @param {import('./s3-server.mjs').App} app
 * @param {Store} store
 */
export function addMissing(app, store) {
  app.addHook('preHandler', (request, reply, done) => {
    const params = /** @type {Record<string, string>} */ (request.params ?? {});
    const query = /** @type {Call['query']} */ (request.query ?? {});
    const call = { method: request.method, bucket: params['bucket'] ?? '', key: params['*'] ?? '', query };
    if (
      isConditional(call, request.headers['if-none-match']) &&
      store.buckets.get(call.bucket)?.has(call.key)
    )
      return refuse(reply, 412, 'PreconditionFailed');
    const list = listing(call, store);
    if (list !== undefined) return reply.header('content-type', 'application/xml').send(list);
    done();
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const query = /** @type {Call['query']} */ (request.query ?? {});
    for (const [parameter, header] of named)
      if (reply.statusCode < 300 && query[parameter] !== undefined) reply.header(header, query[parameter]);
    done();
  });
}

/** Parameters of a link that name headers of its answer. */
const named = ['content-type', 'content-disposition', 'cache-control'].map(
  (header) => /** @type {const} */ ([`response-${header}`, header]),
);

/** @param {Call} call @param {string | undefined} condition */
const isConditional = ({ method, query }, condition) =>
  condition === '*' &&
  ((method === 'PUT' && query['partNumber'] === undefined) ||
    (method === 'POST' && query['uploadId'] !== undefined));

/** @param {Call} call @param {Store} store */
function listing({ method, bucket, key, query }, store) {
  if (method !== 'GET') return undefined;
  if (key === '' && 'uploads' in query) return listUploads(store, bucket, query);
  return key !== '' && query['uploadId'] !== undefined ? listParts(store, query['uploadId']) : undefined;
}

/** @param {Store} store @param {string} bucket @param {Call['query']} query */
function listUploads(store, bucket, { prefix = '', 'max-uploads': most = '1000', 'key-marker': after = '' }) {
  const found = [...store.multipartUploads.values()]
    .filter((upload) => upload.bucket === bucket && upload.key.startsWith(prefix) && upload.key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = found.slice(0, Number(most));
  const last = page.at(-1);
  const rows = page.map(
    ({ key, uploadId, initiated }) =>
      `<Upload><Key>${key}</Key><UploadId>${uploadId}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
  );
  return xml(
    'ListMultipartUploadsResult',
    `<IsTruncated>${found.length > page.length}</IsTruncated><NextKeyMarker>${last?.key ?? ''}</NextKeyMarker><NextUploadIdMarker>${last?.uploadId ?? ''}</NextUploadIdMarker>${rows.join('')}`,
  );
}

/** @param {Store} store @param {string} id */
function listParts(store, id) {
  const parts = [...(store.multipartUploads.get(id)?.parts.values() ?? [])].map(
    ({ partNumber, body, etag, lastModified }) =>
      `<Part><PartNumber>${partNumber}</PartNumber><Size>${body.length}</Size><ETag>${etag.replaceAll('"', '&quot;')}</ETag><LastModified>${lastModified.toISOString()}</LastModified></Part>`,
  );
  return xml('ListPartsResult', `<IsTruncated>false</IsTruncated>${parts.join('')}`);
}

/** @param {string} name @param {string} body */
const xml = (name, body) =>
  `<?xml version="1.0" encoding="UTF-8"?><${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body}</${name}>`;
