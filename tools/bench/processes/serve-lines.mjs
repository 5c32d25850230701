import { createInterface } from 'node:readline';

/** What `startScript` was given. @returns {any} */
export const settingsOf = () => JSON.parse(process.argv[2] ?? '{}');

/**
 * The other end of a LineProcess: answers requests until the input ends, and then ends the process.
 * @param {Record<string, (params: any) => unknown>} methods may return promises
 */
export function serveLines(methods) {
  const lines = createInterface({ input: process.stdin });
  lines.on('close', () => process.exit(0));
  lines.on('line', (line) => {
    const { method, params } = JSON.parse(line);
    const say = (/** @type {object} */ answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
    Promise.resolve(params)
      .then(methods[method])
      .then(
        (result) => say({ result: result ?? null }),
        (error) => say({ error: error instanceof Error ? error.message : String(error) }),
      );
  });
}
