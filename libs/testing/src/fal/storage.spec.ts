import { createHash } from 'node:crypto';
import { closingAfterAll } from '../closing-after-all.js';
import { jpegBytes, startCaller } from '../../test/fal/caller.js';
import { Storage } from './storage.js';

jest.setTimeout(20_000);
const closing = closingAfterAll();
const initiate = 'https://rest.fal.ai/storage/upload/initiate';

describe('the storage', () => {
  it('takes an image and gives it back, and the ledger names its bytes', async () => {
    const caller = closing(await startCaller());
    const image = await caller.upload(jpegBytes, 'a photo.jpg');
    expect(image).toMatch(/^https:\/\/v3\.fal\.media\/files\/stand-in\/[0-9a-f]{24}_a_photo\.jpg$/);
    expect(Buffer.from(await (await caller.download(image)).arrayBuffer())).toEqual(jpegBytes);
    await caller.submitted({ image });
    expect(caller.fal.ledger()[0]?.image_sha256).toBe(createHash('sha256').update(jpegBytes).digest('hex'));
  });

  it('takes large files in parts', async () => {
    const caller = closing(await startCaller({ fileUrls: 'origin' }));
    const { body } = await caller.ask('POST', `${initiate}-multipart?storage_type=fal-cdn-v3`, {
      body: { content_type: 'image/jpeg', file_name: 'big.jpg' },
    });
    const { upload_url, file_url } = body as { upload_url: string; file_url: string };
    const url = new URL(upload_url);
    const at = (end: string): string => `${url.origin}${url.pathname}/${end}${url.search}`;
    const parts = [];
    for (const [index, text] of ['one', 'two'].entries())
      parts.push(await (await fetch(at(String(index + 1)), { method: 'PUT', body: text })).json());
    expect((await caller.download(file_url)).status).toBe(404);
    expect(
      (await caller.ask('POST', at('complete'), { body: { parts: [...parts, { partNumber: 3 }] } })).status,
    ).toBe(400);
    expect((await caller.ask('POST', at('complete'), { body: { parts } })).status).toBe(200);
    expect(await (await caller.download(file_url)).text()).toBe('onetwo');
  });

  it('refuses what was never initiated or has no upload address', async () => {
    const caller = closing(await startCaller());
    const put = (path: string): Promise<Response> =>
      fetch(`${caller.fal.origin}/v3.fal.media/files/${path}`, { method: 'PUT', body: 'x' });
    expect((await put('a.jpg?upload=1')).status).toBe(404);
    expect((await put('a.jpg')).status).toBe(403);
    expect((await caller.ask('POST', initiate, { body: { file_name: 'a' } })).status).toBe(422);
  });

  it.each([
    ['was never uploaded', 'https://v3.fal.media/files/stand-in/nothing.jpg', null],
    ['is no image', null, Buffer.from('text')],
  ])('an image that %s does not load, and is billed', async (_, url, bytes) => {
    const caller = closing(await startCaller());
    const job = await caller.submitted({ image: url ?? (await caller.upload(bytes ?? undefined)) });
    await caller.completed(job.request_id);
    expect(await caller.ask('GET', job.response_url)).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'image_load_error' }] },
    });
    expect(caller.fal.ledger()).toMatchObject([{ billed: true }]);
  });

  it('keeps only the latest 64 MB of bytes, and the sha256 of all', () => {
    const storage = new Storage();
    const paths = Array.from({ length: 5 }, (_, at) => storage.initiate(`${at}.jpg`, 'image/jpeg'));
    for (const path of paths) storage.put(path, Buffer.alloc(20 * 1024 * 1024));
    expect(paths.map((path) => storage.find(path)?.bytes !== null)).toEqual([false, false, true, true, true]);
    expect(new Set(paths.map((path) => storage.find(path)?.sha256)).size).toBe(1);
  });
});
