import { request as plainRequest } from 'node:http';
import { request as tlsRequest, type RequestOptions } from 'node:https';
import { tlsAdvice, type TlsOptions } from '@image2model/service-kit';

const answerWithinMs = 10_000;

/** An answer of the management API that is none of those expected; `status` 0: there was none. */
export class ManagementError extends Error {
  override readonly name = 'ManagementError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Names become parts of a path: `/` is a virtual host's usual name. */
export const part = (name: string): string => encodeURIComponent(name);

/** RabbitMQ's management API, as an administrator. No error of it holds the login. */
export class ManagementApi {
  readonly #url: URL;
  readonly #tls: () => TlsOptions;

  constructor(url: string, tls: () => TlsOptions) {
    this.#url = new URL(url);
    this.#tls = tls;
  }

  /** @returns null when there is no such thing @throws ManagementError */
  async get(path: string): Promise<unknown> {
    const { status, text } = await this.#ask('GET', path);
    if (status === 404) return null;
    this.#expectOk('GET', path, status, text);
    return JSON.parse(text) as unknown;
  }

  async put(path: string, body: unknown): Promise<void> {
    const { status, text } = await this.#ask('PUT', path, body);
    this.#expectOk('PUT', path, status, text);
  }

  /** What is gone already counts as deleted. */
  async delete(path: string): Promise<void> {
    const { status, text } = await this.#ask('DELETE', path);
    if (status !== 404) this.#expectOk('DELETE', path, status, text);
  }

  #expectOk(method: string, path: string, status: number, text: string): void {
    if (status >= 200 && status < 300) return;
    const what =
      status === 401
        ? 'it does not know the login in BOOTSTRAP_AMQP_API_URL, or the user has not the tag administrator'
        : `it answers ${status} to ${method} ${path}: ${text.slice(0, 200)}`;
    throw new ManagementError(status, `RabbitMQ's management API at ${this.#url.host}: ${what}`);
  }

  #ask(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
    const { protocol, hostname, port, username, password, pathname } = this.#url;
    const secure = protocol === 'https:';
    const options: RequestOptions = {
      ...{
        method,
        hostname: hostname.replace(/^\[|\]$/g, ''),
        path: `${pathname.replace(/\/$/, '')}/api/${path}`,
      },
      ...(port === '' ? {} : { port }),
      auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      timeout: answerWithinMs,
      ...(secure ? this.#tls() : {}),
    };
    return new Promise((resolve, reject) => {
      const asking = (secure ? tlsRequest : plainRequest)(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      asking.on('timeout', () => asking.destroy(new Error(`no answer within ${answerWithinMs / 1_000} s`)));
      asking.on('error', (error) => {
        const why = tlsAdvice(error) ?? error.message;
        reject(new ManagementError(0, `RabbitMQ's management API at ${this.#url.host}: ${why}`));
      });
      asking.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
