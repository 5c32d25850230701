import { StorageError, type ReadRange, type Storage } from '@image2model/storage';
import { wantedRange } from '../domain/byte-range.js';
import { HttpProblem, notFound } from '../domain/http-problem.js';
import type { ApiReply } from '../domain/route.js';

/** The bytes of a stored object, or the one range of them that is asked for. @throws HttpProblem 404, 416 */
export async function sendStored(
  storage: Pick<Storage, 'read'>,
  { key, bytes }: { key: string; bytes: number },
  headers: Readonly<Record<string, string>>,
  range: string | undefined,
): Promise<ApiReply> {
  const wanted = wantedRange(range, bytes);
  if (wanted.want === 'all')
    return {
      status: 200,
      headers: { ...headers, 'Content-Length': String(bytes) },
      bytes: await open(storage, key),
    };
  if (wanted.want === 'impossible')
    throw new HttpProblem(416, 'range_not_satisfiable', `There are ${bytes} bytes.`, {
      headers: { 'Content-Range': `bytes */${bytes}` },
    });
  const { start, end } = wanted;
  const part = {
    'Content-Range': `bytes ${start}-${end}/${bytes}`,
    'Content-Length': String(end - start + 1),
  };
  return { status: 206, headers: { ...headers, ...part }, bytes: await open(storage, key, { start, end }) };
}

async function open(
  storage: Pick<Storage, 'read'>,
  key: string,
  range?: ReadRange,
): ReturnType<Storage['read']> {
  try {
    return await storage.read(key, range);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'not_found') throw notFound();
    throw error;
  }
}
