/**
 * What S3 is asked, as its limits count it: writes are PUT, COPY, POST and DELETE, reads GET and HEAD.
 * @param {{ method: string, url: string, copies: boolean }} request url: path and query; copies: it names a source
 */
export function operationOf({ method, url, copies }) {
  const { searchParams: query } = new URL(url, 'http://s3');
  const has = (/** @type {string} */ name) => query.has(name);
  if (method === 'PUT') return copies ? 'copy' : has('partNumber') ? 'part' : 'put';
  if (method === 'POST')
    return has('uploads') ? 'begin upload' : has('delete') ? 'delete many' : 'end upload';
  if (method === 'GET') return has('list-type') || has('uploads') ? 'list' : 'get';
  return method.toLowerCase();
}

const readers = new Set(['get', 'head', 'list']);

/** @param {Record<string, number>} counts by operation */
export function readsAndWrites(counts) {
  const sum = (/** @type {boolean} */ reads) =>
    Object.entries(counts)
      .filter(([operation]) => readers.has(operation) === reads)
      .reduce((all, [, count]) => all + count, 0);
  return { reads: sum(true), writes: sum(false) };
}
