import { defaultFalKey, readFalStandInOptions, startFalStandIn, type FalStandIn } from '@image2model/testing';
import { z } from 'zod';

const usageError = 64;
const configError = 78;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** @returns the process's exit code for an error of the start */
function explain(error: unknown): number {
  if (error instanceof z.ZodError) {
    process.stderr.write(`${z.prettifyError(error)}\n--help tells what there is.\n`);
    return usageError;
  }
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return configError;
}

function summary(standIn: FalStandIn): string {
  const { accepted, billed, finished, accepted_per_image_max: most, busy_share: share } = standIn.stats();
  const busy = share === null ? '' : `, slots busy ${(share * 100).toFixed(1)} %`;
  return `${accepted} jobs accepted, ${finished} finished, ${billed} billed, at most ${most} for one image${busy}`;
}

async function main(): Promise<void> {
  const options = readFalStandInOptions(JSON.parse(process.argv[2] ?? '{}'));
  const { keys = { [defaultFalKey]: 'ok' } } = options;
  const standIn = await startFalStandIn(options);
  const key = Object.keys(keys).find((name) => keys[name] === 'ok') ?? 'KEY';
  say(`fal stand-in on ${standIn.origin} — FAL_KEY=${key} FAL_ORIGIN=${standIn.origin} npm start`);
  const stop = (): void => {
    say(summary(standIn));
    void standIn.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  // Ctrl-C reaches the whole group; the command that started us passes on what counts
  process.on('SIGINT', () => undefined);
  process.stdin.once('close', stop).resume();
}

main().catch((error: unknown) => process.exit(explain(error)));
