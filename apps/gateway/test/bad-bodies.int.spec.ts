import { uploadForm, type Answer, type UploadFile } from '@image2model/testing';
import { startGateway, type GatewayUnderTest } from './support/gateway.js';
import { errorAt, refusal as refused } from './support/refusal.js';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

type Body = NonNullable<RequestInit['body']>;
const post = (body: Body, headers: Record<string, string> = {}): Promise<Answer> =>
  gateway.client.request('POST', '/v1/batches', { body, headers });
const upload = (files: UploadFile[], fields: Record<string, string> = {}): Promise<Answer> =>
  post(uploadForm(files, fields));
const refusal = (asked: Promise<Answer>, status: number): ReturnType<typeof refused> =>
  refused(gateway, asked, status);

describe('bodies', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/mixed; boundary=x', 'image/jpeg'])(
    'answers 415 to %s',
    async (type) => {
      await refusal(post('x', { 'content-type': type }), 415);
    },
  );

  it('answers 415 to compressed bodies', async () => {
    await refusal(post('x', { 'content-type': 'application/json', 'content-encoding': 'gzip' }), 415);
  });

  const part = (head: string, body = 'x'): string => `--b\r\n${head}\r\n\r\n${body}\r\n`;
  it.each([
    [
      'no boundary',
      'multipart/form-data',
      part('Content-Disposition: form-data; name="images"; filename="a"'),
    ],
    [
      'another boundary',
      'multipart/form-data; boundary=other',
      `${part('Content-Disposition: form-data; name="a"')}--b--`,
    ],
    [
      'no end',
      'multipart/form-data; boundary=b',
      part('Content-Disposition: form-data; name="images"; filename="a"'),
    ],
    ['a cut header', 'multipart/form-data; boundary=b', '--b\r\nContent-Dispo'],
    ['a header without colon', 'multipart/form-data; boundary=b', `${part('nonsense')}--b--`],
    [
      'a part without name',
      'multipart/form-data; boundary=b',
      `${part('Content-Disposition: form-data; filename="a"')}--b--`,
    ],
    ['nothing', 'multipart/form-data; boundary=b', ''],
  ])('answers 400 to a form with %s', async (_what, type, body) => {
    await refusal(post(body, { 'content-type': type }), 400);
  });

  it('answers 422 to a file part without a filename', async () => {
    const body = `--b\r\nContent-Disposition: form-data; name="images"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--b--`;
    const problem = await refusal(post(body, { 'content-type': 'multipart/form-data; boundary=b' }), 422);
    expect(errorAt(problem, 'images')).toMatch(/filename/);
  });

  it('answers 422 to a form without images', async () => {
    expect(errorAt(await refusal(upload([], { priority: 'low' }), 422), 'images')).toMatch(
      /at least 1 file; got 0/,
    );
  });

  it('answers 413 to 2,001 files, naming limit and count', async () => {
    const files = Array.from({ length: 2_001 }, (_, idx) => ({
      name: `${idx}.jpg`,
      bytes: Buffer.from('x'),
    }));
    const problem = await refusal(upload(files), 413);
    expect(problem.code).toBe('too_many_files');
    expect(errorAt(problem, 'images')).toMatch(/2000.*2001/);
  });

  it('answers 413 to more than 100 text fields and to a field above 256 KB', async () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, 'x']));
    expect((await refusal(upload([], many), 413)).detail).toMatch(/100/);
    expect(errorAt(await refusal(upload([], { settings: 'x'.repeat(262_145) }), 413), 'settings')).toMatch(
      /262144/,
    );
  });
});
