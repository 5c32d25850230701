import { once } from 'node:events';
import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { parseFlags, wholeNumber } from '../processes/parse-flags.mjs';
import { startS3Server } from './s3-server.mjs';

const help = `node tools/dev/s3.mjs [flags]   an S3 server for this machine, on loopback, until Ctrl-C

  --port N        its port (default: 9000)
  --bucket NAME   a bucket that is there from the start; may be repeated
  --dir DIR       keeps the objects there over a restart (default: in memory alone)
  --help

Asks for the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and checks signatures and the expiry of links.
Ends with 0 after Ctrl-C or SIGTERM, 64 for wrong flags, 78 without credentials, 1 for everything else.`;

/** @type {Parameters<typeof import('../processes/run-main.mjs').runMain>[0]} */
export async function s3Command({ args, signal, log }) {
  const flags = parseFlags(args, {
    port: { type: 'string' },
    bucket: { type: 'string', multiple: true },
    dir: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (flags.help) {
    log(help);
    return exitCodes.ok;
  }
  const { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey } = process.env;
  if (!accessKey || !secretKey)
    throw new CommandError(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: choose the credentials that the server shall ask for.',
      exitCodes.config,
    );
  const server = await startS3Server({
    port: wholeNumber('--port', flags.port, { min: 0, max: 65_535 }) ?? 9000,
    buckets: flags.bucket ?? [],
    dir: flags.dir,
    credentials: { accessKey, secretKey },
  });
  log(`S3 at ${server.url}`);
  if (!signal.aborted) await once(signal, 'abort');
  await server.stop();
  return exitCodes.ok;
}
