import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { FetchError } from './fetch-error.js';
import { forbiddenAddress } from './forbidden-address.js';
import { createHostGate } from './host-gate.js';

export interface Address {
  address: string;
  family: number;
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>;

/** The system's resolver keeps a thread of the process for each question: never all of them. */
const questions = createHostGate(2);
const never = new AbortController().signal;

/** Asks the operating system, as every other program on this machine does. */
export const systemResolve: Resolve = async (hostname) => {
  const leave = await questions.enter('resolver', never);
  try {
    return await lookup(hostname, { all: true, verbatim: true });
  } finally {
    leave();
  }
};

/**
 * The addresses that a host may be dialled at. They are looked up once, checked here and dialled as they are, so no
 * second answer of a name server can slip in between; one forbidden address spoils the whole name.
 * @param subject how the host is called in messages
 * @throws FetchError forbidden, dns, timeout
 */
export async function resolvePublic(
  url: URL,
  subject: string,
  { resolve, timeoutMs, anywhere }: { resolve: Resolve; timeoutMs: number; anywhere: boolean },
): Promise<readonly Address[]> {
  const literal = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(literal);
  // this machine by agreement (RFC 6761), whatever its resolver makes of it
  if (!anywhere && /(^|\.)localhost\.?$/.test(literal))
    throw new FetchError('forbidden', `${subject} is a loopback address`);
  const found =
    family === 0 ? await asked(literal, subject, resolve, timeoutMs) : [{ address: literal, family }];
  if (anywhere) return found;
  for (const { address } of found) {
    const why = forbiddenAddress(address);
    if (why === null) continue;
    // what a name leads to inside the installation is not for the eyes of whoever sent the URL
    throw new FetchError(
      'forbidden',
      `${subject} ${family === 0 ? 'does not lead to public addresses only' : `is ${why}`}`,
    );
  }
  return found;
}

async function asked(
  hostname: string,
  subject: string,
  resolve: Resolve,
  timeoutMs: number,
): Promise<readonly Address[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new FetchError('timeout', `${subject}: its name was not found within ${timeoutMs / 1_000} s`)),
      timeoutMs,
    );
  });
  try {
    const found = await Promise.race([resolve(hostname), late]);
    if (found.length === 0) throw new Error('no addresses');
    return found;
  } catch (cause) {
    if (cause instanceof FetchError) throw cause;
    throw new FetchError('dns', `${subject}: its name was not found`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
