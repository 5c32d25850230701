import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { URLSearchParams } from 'node:url';
import { z } from 'zod';
import { freePort } from '../../dev/processes/free-ports.mjs';
import { waitFor } from '../../dev/servers/probe.mjs';
import { configFile, rulesFile } from '../checks/files.mjs';

const vector = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});
const ruleGroups = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            name: z.string(),
            health: z.string(),
            lastError: z.string().optional(),
            state: z.string(),
            evaluationTime: z.number(),
          }),
        ),
      }),
    ),
  }),
});
const metadata = z.object({ data: z.array(z.object({ metric: z.string() })) });

/**
 * A real Prometheus with the configuration of observability/, in a hurry, reading the targets of one system.
 * @param {{ program: string, dir: string, targetsFile: string, signal: AbortSignal }} options dir: its data and log
 */
export async function startPrometheus({ program, dir, targetsFile, signal }) {
  mkdirSync(dir, { recursive: true });
  const config = join(dir, 'prometheus.yml');
  const text = readFileSync(configFile, 'utf8')
    .replace('../../.run/prometheus-targets.json', targetsFile)
    .replace('rules/*.yml', rulesFile)
    .replace(/(scrape|evaluation|refresh)_interval: \d+s/g, '$1_interval: 1s');
  writeFileSync(config, text);
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    program,
    [
      ...[`--config.file=${config}`, `--storage.tsdb.path=${join(dir, 'data')}`],
      ...[`--web.listen-address=${address}`, '--log.level=warn'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  const api = `http://${address}`;
  const isReady = async () => {
    if (!(await fetch(`${api}/-/ready`)).ok) throw new Error('not ready');
  };
  if (await waitFor(isReady, { timeoutMs: 15_000, signal })) return { api, stop };
  await stop();
  throw new Error('Prometheus does not answer');
}

/** @param {string} api @param {string} expr the present values, NaN left out */
export async function query(api, expr) {
  const answer = await fetch(`${api}/api/v1/query?${new URLSearchParams({ query: expr })}`);
  if (!answer.ok) throw new Error(`${expr}: ${await answer.text()}`);
  const { data } = vector.parse(await answer.json());
  return data.result.filter(({ value: [, number] }) => Number.isFinite(Number(number)));
}

/** @param {string} api every alert rule as Prometheus evaluates it */
export async function rules(api) {
  const { data } = ruleGroups.parse(await (await fetch(`${api}/api/v1/rules`)).json());
  return data.groups.flatMap((group) => group.rules);
}

/** @param {string} api the families that the targets show, with or without samples @returns {Promise<Set<string>>} */
export async function families(api) {
  const { data } = metadata.parse(await (await fetch(`${api}/api/v1/targets/metadata`)).json());
  return new Set(data.map(({ metric }) => metric));
}
