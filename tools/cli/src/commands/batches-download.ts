import { existsSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import type { ManifestFile } from '@image2model/contracts';
import { z } from 'zod';
import { batchPath } from '../api/batches-api.js';
import type { ApiClient } from '../api/api-client.js';
import { CliError } from '../cli-error.js';
import { defineCommand } from '../define-command.js';
import { exitCodes } from '../exit-codes.js';
import { hashFile } from '../generate/hash-file.js';
import { saveModel } from '../generate/save-model.js';
import { counted } from '../output/format.js';

interface Fetched {
  idx: number;
  path: string;
  /** false: it was there already */
  fetched: boolean;
}

const atOnce = 4;

/** `i2m batches download`. */
export const downloadCommand = (): Command =>
  defineCommand({
    name: 'download <batch>',
    summary:
      'Fetches the models of a batch that are ready, checks them, and writes its manifest. What is there is not fetched again.',
    examples: ['batches download bat_… --out models'],
    flags: [['-o, --out <dir>', 'where they go (default: a folder named like the batch)']],
    options: { out: z.string().optional() },
    run: async (context, { out: given }, [id = '']) => {
      const manifest = await context.batches().manifest(id);
      const out = resolve(given ?? manifest.id);
      mkdirSync(out, { recursive: true });
      const fetched = await fetchAll(context.api(), id, out, manifest.files);
      writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
      const fresh = fetched.filter((each) => each.fetched).length;
      context.terminal.result({ batch: manifest.id, out, files: fetched }, () =>
        fetched.length === 0
          ? `No model of ${manifest.id} is ready; it is ${manifest.status}.`
          : `${counted(fetched.length, 'model')} in ${out}, ${fresh} fetched now`,
      );
      return fetched.length < manifest.files.length ? exitCodes.workFailed : exitCodes.ok;
    },
  });

async function fetchAll(
  api: ApiClient,
  id: string,
  out: string,
  files: readonly ManifestFile[],
): Promise<Fetched[]> {
  const queue = files.filter(({ model }) => model !== null);
  const done: Fetched[] = [];
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const { idx, model } = file;
      if (model === null) continue;
      const target = inside(out, model.path);
      const here =
        existsSync(target) &&
        statSync(target).size === model.bytes &&
        (await hashFile(target)) === model.sha256;
      if (!here)
        await saveModel(api, `${batchPath(id)}/files/${idx}/model`, target, {
          sha256: model.sha256,
          patience: { forMs: 60_000 },
        });
      done.push({ idx, path: model.path, fetched: !here });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return done.sort((a, b) => a.idx - b.idx);
}

/** The gateway says what a model is called; it does not say where on this machine. @throws CliError for a path that leads out */
function inside(out: string, path: string): string {
  const target = resolve(out, path);
  if (target.startsWith(out + sep)) return target;
  throw new CliError(exitCodes.refused, `The gateway names a model "${path}", which is not inside ${out}.`);
}
