import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CommandError } from '../processes/exit-codes.mjs';
import { writeAtomic } from '../processes/write-atomic.mjs';

const atOnce = 4;

/**
 * Streams one model to its file; it appears there whole and with the right checksum, or not at all.
 * @param {Response} answer
 * @param {string} file
 * @param {string | null | undefined} sha256
 */
async function saveModel(answer, file, sha256) {
  const temporary = `${file}.${process.pid}.part`;
  const hash = createHash('sha256');
  try {
    const body = /** @type {AsyncIterable<Uint8Array> | null} */ (answer.body) ?? [];
    await pipeline(
      body,
      async function* (chunks) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(temporary),
    );
    const got = hash.digest('hex');
    if (sha256 && got !== sha256)
      throw new CommandError(`${file}: sha256 is ${got}, the gateway promised ${sha256}`);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Saves the models and the manifest of a batch. What an earlier demo left under the names of this one's files goes
 * first, so that a photo that failed has no model.
 * @param {{ client: import('./gateway-client.mjs').GatewayClient, id: string, out: string, names: string[],
 *   files: import('./gateway-client.mjs').BatchFile[] }} options names: of the models, by idx
 */
export async function saveResults({ client, id, out, names, files }) {
  mkdirSync(out, { recursive: true });
  for (const name of names) rmSync(join(out, name), { force: true });
  writeAtomic(join(out, 'manifest.json'), await client.manifest(id));
  const waiting = files.filter(({ status }) => status === 'completed');
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const name = names[file.idx];
      if (name !== undefined)
        await saveModel(await client.model(id, file.idx), join(out, name), file.model?.sha256);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
