import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Address, Resolve } from '../../src/resolve-public.js';

/** A name server of our own: what it says of a name may change from question to question. */
export interface NameServer {
  /** names asked for, in order, one entry for A and one for AAAA */
  readonly asked: readonly string[];
  readonly resolve: Resolve;
  close(): void;
}

const types: Readonly<Record<number, number>> = { 1: 4, 28: 6 };

/** @param answer the addresses of a name when it is asked for the nth time (from 0) */
export async function startNameServer(
  answer: (name: string, nth: number) => readonly string[],
): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    const nth = asked.filter((one) => one === `${name}/${type}`).length;
    asked.push(`${name}/${type}`);
    const records = answer(name, nth).filter((one) => isIP(one) === types[type]);
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8580, 2); // an answer, of authority, without error
    head.writeUInt16BE(records.length, 6);
    head.fill(0, 8, 12);
    socket.send(
      Buffer.concat([head, query.subarray(12, end), ...records.map((one) => record(one, type))]),
      port,
      address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  const of = async (asking: Promise<string[]>, family: number): Promise<Address[]> =>
    (await asking.catch(() => [])).map((address) => ({ address, family }));
  return {
    asked,
    resolve: async (name) =>
      (await Promise.all([of(resolver.resolve4(name), 4), of(resolver.resolve6(name), 6)])).flat(),
    close: () => socket.close(),
  };
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** One resource record of the first name of the packet, to be forgotten at once. */
function record(address: string, type: number): Buffer {
  const data = type === 1 ? Buffer.from(address.split('.').map(Number)) : v6Bytes(address);
  const fixed = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
  return Buffer.concat([fixed, data]);
}

function v6Bytes(address: string): Buffer {
  const words = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => parseInt(word, 16));
  const [left = '', right = ''] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const head = words(left);
  const tail = words(right);
  const all = [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  const bytes = Buffer.alloc(16);
  all.forEach((word, at) => bytes.writeUInt16BE(word, at * 2));
  return bytes;
}
