import { randomUUID } from 'node:crypto';
import { testServer } from './test-servers.js';

export interface Vhost {
  readonly name: string;
  /** amqp:// URL of a virtual host that nobody else uses. */
  readonly url: string;
  /** Deletes it with all it holds; connections to it are closed by the broker. */
  close(): Promise<void>;
}

/** A fresh virtual host on the tests' RabbitMQ. */
export async function createVhost(): Promise<Vhost> {
  const name = `test-${randomUUID()}`;
  const url = testServer('amqpUrl');
  const user = decodeURIComponent(url.username) || 'guest';
  await callApi('PUT', `vhosts/${name}`, {});
  await callApi('PUT', `permissions/${name}/${encodeURIComponent(user)}`, {
    configure: '.*',
    write: '.*',
    read: '.*',
  });
  url.pathname = `/${name}`;
  return { name, url: url.href, close: () => callApi('DELETE', `vhosts/${name}`) };
}

/** The management API takes no credentials in its URL from fetch. */
async function callApi(method: 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void> {
  const base = testServer('amqpApiUrl');
  const credentials = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
  const response = await fetch(`${base.origin}/api/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok && response.status !== 404)
    throw new Error(`${method} ${path}: ${response.status} ${text}`);
}
