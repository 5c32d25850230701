import { z } from 'zod';
import type { Exchange } from './exchange.js';
import { HttpAnswer, notFound } from './http-answer.js';
import type { World } from './world.js';

const initiateSchema = z.object({ content_type: z.string().min(1), file_name: z.string().min(1) });
const completeSchema = z.object({
  parts: z.array(z.object({ partNumber: z.number().int().positive() })).min(1),
});
const nobody = { imageUrl: '', endpoint: '', ordinal: 0 };
const uploadToken = 'upload=1';

/** `POST /rest.fal.ai/storage/upload/initiate[-multipart]`. */
export async function initiateUpload(world: World, exchange: Exchange): Promise<void> {
  world.accounts.open(exchange.authorization);
  const { success, data } = initiateSchema.safeParse(await exchange.json());
  if (!success) throw new HttpAnswer(422, { detail: 'content_type and file_name are needed' });
  const path = world.storage.initiate(data.file_name, data.content_type);
  const rule = world.faults.strike('upload', { ...nobody, imageUrl: world.fileUrl(path) });
  if (rule?.fault === 'upload_error')
    throw new HttpAnswer(rule.status ?? 503, { detail: 'Service Unavailable' });
  if (rule?.fault === 'slow_upload') await exchange.wait(rule.delayMs);
  exchange.send(200, {
    file_url: world.fileUrl(path),
    upload_url: `${world.fileUrl(path)}?${uploadToken}`,
  });
}

/** `PUT {upload_url}` and `PUT {upload_url's path}/{part}`: the address is the permission. */
export async function putFile(world: World, exchange: Exchange, path: string): Promise<void> {
  if (exchange.query.get('upload') === null) throw new HttpAnswer(403, { detail: 'Not an upload url' });
  const bytes = await exchange.bytes();
  if (world.storage.put(path, bytes)) return exchange.send(200, {});
  const [, whole = '', part = ''] = /^(.+)\/(\d+)$/.exec(path) ?? [];
  const etag = world.storage.putPart(whole, Number(part), bytes);
  if (etag === null) throw notFound();
  exchange.send(200, { partNumber: Number(part), etag }, { etag });
}

/** `POST {upload_url's path}/complete`. */
export async function completeUpload(world: World, exchange: Exchange, path: string): Promise<void> {
  const { success, data } = completeSchema.safeParse(await exchange.json());
  const whole = path.slice(0, -'/complete'.length);
  const isWhole =
    success &&
    world.storage.complete(
      whole,
      data.parts.map(({ partNumber }) => partNumber),
    );
  if (!isWhole) throw new HttpAnswer(400, { detail: 'parts are missing' });
  exchange.send(200, {});
}

/** `GET /v3.fal.media/files/…`: an uploaded image, or a file of a completed job. Needs no key. */
export async function getFile(world: World, exchange: Exchange, path: string): Promise<void> {
  const [, requestId, name = ''] = /^\/files\/(?:moved|models)\/([\w-]+)\/([\w.-]+)$/.exec(path) ?? [];
  if (requestId !== undefined) return getModel(world, exchange, requestId, name, path);
  const upload = world.storage.find(path);
  if (upload === null || upload.sha256 === null) throw notFound();
  if (upload.bytes === null) throw new HttpAnswer(410, { detail: 'Dropped to keep memory bounded' });
  exchange.sendBytes(200, upload.bytes, { 'content-type': upload.type });
}

async function getModel(
  world: World,
  exchange: Exchange,
  requestId: string,
  name: string,
  path: string,
): Promise<void> {
  const job = world.queue.find(requestId);
  if (job?.state !== 'completed') throw notFound();
  if (job.modelFault === 'redirect' && path.startsWith('/files/models/'))
    throw new HttpAnswer(302, {}, { location: world.fileUrl(path.replace('models', 'moved')) });
  const file = world.models.file(job, name, world.faces);
  if (file === null) throw notFound();
  const rule = world.faults.strike('download', job);
  const headers = { 'content-type': file.type };
  if (rule?.fault === 'download_error')
    throw new HttpAnswer(rule.status ?? 503, { detail: 'Service Unavailable' });
  if (rule?.fault === 'half_download') return exchange.sendHalf(200, file.bytes, headers);
  if (rule?.fault === 'slow_download') await exchange.wait(rule.delayMs);
  exchange.sendBytes(200, file.bytes, headers);
}
