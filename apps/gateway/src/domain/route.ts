import type { Readable } from 'node:stream';
import type { Caller } from './api-keys.js';

/** One file part of a form. Its stream must be read to the end or drained. */
export interface FilePart {
  /** the order of the file parts, from 0 */
  index: number;
  field: string;
  /** the sent filename; empty when there was none */
  name: string;
  stream: Readable;
}

/** Takes the file parts of a form in their order. Never rejects: what goes wrong is kept for later. */
export type FileTaker = (part: FilePart) => Promise<void>;

/** The body of a request, read only when a handler asks for it. */
export interface RequestBody {
  readonly kind: 'json' | 'multipart' | 'other';
  /** Content-Length, when it was sent */
  readonly bytes: number | null;
  json(): Promise<unknown>;
  /** The bytes as they were sent, for signatures. @throws HttpProblem 413 beyond `mostBytes` */
  raw(mostBytes: number): Promise<Buffer>;
  /** Hands the files to `take` while they arrive; @returns the text fields, when all of it was read */
  form(take: FileTaker): Promise<Record<string, unknown>>;
}

/** A request as handlers see it: authenticated, and free of any framework. */
export interface ApiRequest {
  readonly caller: Caller;
  /** HEAD comes to the handlers of GET; its answer is sent without the body */
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: RequestBody;
  header(name: string): string | undefined;
  /** Facts about the request for its one log line. */
  note(meta: Record<string, unknown>): void;
}

/** Where a handler writes an event stream. */
export interface EventSink {
  /** Aborted when the client went away or the process is stopping. */
  readonly ended: AbortSignal;
  /** Resolves when more may be written; a client that is too slow is cut off. */
  write(text: string): Promise<void>;
  /** false while the client is behind */
  readonly ready: boolean;
}

/** What a handler answers. */
export type ApiReply = { status: number; headers?: Readonly<Record<string, string>> } & (
  { json: unknown } | { bytes: Readable } | { events: (sink: EventSink) => Promise<void> } | { nothing: true }
);

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** with {parameters}; also the label of its metrics */
  readonly path: string;
  /** Asks for no API key: the handler proves who calls, and its caller is {@link nobody}. */
  readonly open?: true;
  handle(request: ApiRequest): Promise<ApiReply>;
}

/** The caller of an open route: no tenant has an empty name. */
export const nobody: Caller = { tenant: '', keyId: '', ops: false };

/** Declares what answers one method of one path. */
export const defineRoute = (route: Route): Route => route;
