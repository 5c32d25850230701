import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { createClient, newApiKey, startSystem, type Client, type System } from '@image2model/testing';

/** A gateway without the other services: batches stay as they were accepted. */
export interface GatewayUnderTest extends System {
  /** another tenant */
  stranger: Client;
  /** Everything in storage, as sorted relative paths. */
  stored(): Promise<string[]>;
  /** Redis keys of batches. */
  batchKeys(): Promise<string[]>;
}

export async function startGateway(env: Record<string, string> = {}): Promise<GatewayUnderTest> {
  const [own, other] = [newApiKey(), newApiKey()];
  const system = await startSystem({
    services: ['gateway'],
    env: { I2M_API_KEYS: `acme:${own},stranger:${other}`, ...env },
  });
  return {
    ...system,
    apiKey: own,
    client: createClient(system.gatewayUrl, own),
    stranger: createClient(system.gatewayUrl, other),
    stored: () => filesBelow(system.storageDir),
    batchKeys: async () =>
      (await redisKeys(system.redisUrl)).filter((key) => key.includes('{bat_') || key.includes(':tenant:')),
  };
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(directory.length + 1))
    .sort();
}

/** The keys of one Redis database, asked over a bare socket: apps have no Redis client of their own. */
function redisKeys(url: string): Promise<string[]> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (!text.endsWith('+PONG\r\n')) return;
      socket.destroy();
      resolve(text.split('\r\n').filter((line) => line.startsWith('i2m:')));
    });
    socket.write(`SELECT ${pathname.slice(1)}\r\nKEYS i2m:*\r\nPING\r\n`);
  });
}
