import { setTimeout as pause } from 'node:timers/promises';

/**
 * What a client does all day, in a few seconds: batches that succeed, images that nobody can fetch, wrong requests, an
 * event stream. Goes on until it is told to stop.
 * @param {{ url: string, apiKey: string, signal: AbortSignal }} options
 */
export async function keepBusy({ url, apiKey, signal }) {
  const headers = { authorization: `Bearer ${apiKey}` };
  /** @param {string} path @param {unknown} [body] */
  const ask = async (path, body) => {
    const json = { method: 'POST', body: JSON.stringify(body) };
    const type = { ...headers, 'content-type': 'application/json' };
    const answer = await fetch(url + path, body === undefined ? { headers } : { ...json, headers: type });
    return /** @type {{ id: string }} */ (await answer.json());
  };
  const first = await ask('/v1/batches', { provider: 'noop', count: 200, priority: 'high' });
  const stream = await fetch(`${url}/v1/batches/${first.id}/events`, { headers });
  while (!signal.aborted) {
    await ask('/v1/batches', { provider: 'noop', count: 100 });
    // an address that the safe fetch refuses: the file fails
    await ask('/v1/batches', { provider: 'embedded', images: ['http://127.0.0.1:9/photo.png'] });
    await ask('/v1/batches/b_missing');
    await ask('/v1/batches', { provider: 'nobody' });
    await upload(url, headers);
    await pause(500, undefined, { signal }).catch(() => undefined);
  }
  await stream.body?.cancel();
}

/** A file that is no image: refused at the door. @param {string} url @param {Record<string, string>} headers */
async function upload(url, headers) {
  const form = new FormData();
  form.append('images', new Blob(['not an image'], { type: 'image/png' }), 'broken.png');
  await (await fetch(`${url}/v1/batches`, { method: 'POST', headers, body: form })).arrayBuffer();
}
