import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Problem } from '@image2model/contracts';
import {
  bombPng,
  disallowedImages,
  paddedJpeg,
  photo,
  uploadForm,
  type Answer,
  type UploadFile,
} from '@image2model/testing';
import sharp from 'sharp';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { errorAt } from './support/refusal.js';

let gateway: GatewayUnderTest;
let good: Buffer;
beforeAll(async () => {
  gateway = await startGateway();
  good = await photo();
});
afterAll(() => gateway.stop());

const upload = (files: UploadFile[]): Promise<Answer> =>
  gateway.client.request('POST', '/v1/batches', { body: uploadForm(files) });

describe('images', () => {
  const square = (background: string): Promise<Buffer> =>
    sharp({ create: { width: 16, height: 16, channels: 3, background } })
      .png()
      .toBuffer();
  const animated = async (): Promise<Buffer> =>
    sharp([await square('red'), await square('blue')], { join: { animated: true } })
      .webp()
      .toBuffer();
  const wide = (): Promise<Buffer> =>
    sharp({ create: { width: 16_385, height: 2, channels: 3, background: 'red' } })
      .png()
      .toBuffer();

  /** name, bytes, code, what the message says */
  const bad = async (): Promise<[string, Buffer, string, RegExp][]> => {
    const { gif, tiff, svg, pdf, text, empty } = await disallowedImages();
    const heic = Buffer.concat([
      Buffer.from([0, 0, 0, 24]),
      Buffer.from('ftypheic\0\0\0\0mif1heic'),
      Buffer.alloc(64),
    ]);
    return [
      ['anim.gif', gif, 'input.unsupported_format', /GIF.*JPEG, PNG and WebP/],
      ['scan.tiff', tiff, 'input.unsupported_format', /TIF.*JPEG, PNG and WebP/],
      ['logo.svg', svg, 'input.unsupported_format', /SVG.*JPEG, PNG and WebP/],
      ['doc.pdf', pdf, 'input.unsupported_format', /PDF.*JPEG, PNG and WebP/],
      ['phone.heic', heic, 'input.unsupported_format', /HEIC.*JPEG, PNG and WebP/],
      ['notes.jpg', text, 'input.unsupported_format', /text.*JPEG, PNG and WebP/],
      [
        'noise.png',
        Buffer.from([1, 2, 3, 0, 255, 254]),
        'input.unsupported_format',
        /not a known image format.*JPEG/,
      ],
      ['nothing.jpg', empty, 'input.empty', /0 bytes/],
      ['bomb.png', bombPng(), 'input.too_many_pixels', /60000000.*50000000/],
      ['wide.png', await wide(), 'input.too_many_pixels', /16385.*16384/],
      ['big.jpg', await paddedJpeg(), 'input.too_large', /26214400.*25 MB.*20971520.*20 MB/],
      ['moving.webp', await animated(), 'input.animated', /2 pictures/],
      ['head.jpg', good.subarray(0, 20), 'input.truncated', /ends too early/],
      [
        'head.png',
        Buffer.concat([bombPng().subarray(0, 8), Buffer.alloc(100, 7), Buffer.from('IEND')]),
        'input.undecodable',
        /header|format/,
      ],
    ];
  };

  it('fail their own file with code, limit and value, and leave only the good ones in storage', async () => {
    const matrix = await bad();
    const files = matrix.map(([name, bytes]) => ({ name, bytes }));
    const answer = await upload([
      { name: 'good-0.jpg', bytes: good },
      ...files,
      { name: 'last.webp', bytes: await photo({ format: 'webp' }) },
    ]);
    expect(answer.status).toBe(202);
    const batch = answer.body as { id: string; counts: unknown; total_files: number };
    const last = matrix.length + 1;
    expect(batch).toMatchObject({
      total_files: matrix.length + 2,
      counts: { pending: 2, failed: matrix.length },
    });
    const listed = await gateway.client.listFiles(batch.id);
    const seen = listed.slice(1, -1).map(({ name, status, error }) => ({ name, status, error }));
    expect(seen).toEqual(
      matrix.map(([name, , code, message]) => ({
        name,
        status: 'failed',
        error: { code, message: expect.stringMatching(message), retryable: false },
      })),
    );
    expect(listed[0]).toMatchObject({
      idx: 0,
      name: 'good-0.jpg',
      status: 'pending',
      source: { bytes: good.length, type: 'image/jpeg', width: 320, height: 240 },
    });
    expect(listed[last]).toMatchObject({
      idx: last,
      status: 'pending',
      source: { type: 'image/webp', width: 320, height: 240 },
    });
    const at = `batches/${batch.id}`;
    expect(await gateway.stored()).toEqual([
      `${at}/manifest.json`,
      `${at}/sources/0`,
      `${at}/sources/${last}`,
    ]);
  });

  it('that are all bad sink the batch, with the reason of each', async () => {
    const before = await gateway.stored();
    const answer = await upload([
      { name: '../../etc/pass\r\nwd.gif', bytes: Buffer.from('GIF89a\x01\x00\x01\x00') },
      { name: 'empty.png', bytes: Buffer.alloc(0) },
    ]);
    expect(answer.status).toBe(422);
    const problem = answer.body as Problem;
    expect(problem.code).toBe('input.all_refused');
    expect(errorAt(problem, 'images[0]')).toMatch(
      /^\.\.\/\.\.\/etc\/passwd\.gif: .*GIF.*input\.unsupported_format/,
    );
    expect(errorAt(problem, 'images[1]')).toMatch(/^empty\.png: .*0 bytes.*input\.empty/);
    expect(await gateway.stored()).toEqual(before);
  });

  it('whose header is far from the beginning are good images', async () => {
    const png = await photo({ format: 'png' });
    const text = Buffer.concat([Buffer.from('tEXtComment\0'), Buffer.alloc(400_000, 'x')]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(text.length - 4, 0);
    frame.writeUInt32BE(crc32(text), 4);
    const wordy = Buffer.concat([
      png.subarray(0, 33),
      frame.subarray(0, 4),
      text,
      frame.subarray(4),
      png.subarray(33),
    ]);
    const raw = { width: 900, height: 900, channels: 3 as const };
    const noise = sharp(randomBytes(900 * 900 * 3), { raw });
    const webp = await noise.clone().webp({ quality: 100 }).toBuffer();
    expect(webp.length).toBeGreaterThan(300_000);
    const jpeg = await noise
      .clone()
      .jpeg()
      .withXmp(`<x>${'y'.repeat(60_000)}</x>`)
      .toBuffer();
    const answer = await upload([wordy, webp, jpeg].map((bytes, n) => ({ name: `${n}`, bytes })));
    expect(answer).toMatchObject({ status: 202, body: { counts: { pending: 3, failed: 0 } } });
    const files = await gateway.client.listFiles((answer.body as { id: string }).id);
    expect(files.map(({ source }) => source)).toMatchObject([
      { type: 'image/png', width: 320, height: 240 },
      { type: 'image/webp', width: 900, height: 900 },
      { type: 'image/jpeg', width: 900, height: 900 },
    ]);
  });
});
