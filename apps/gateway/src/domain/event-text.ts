/** One server-sent event as bytes on the wire. JSON has no line breaks, so `data` is one line. */
export const eventText = (event: string, data: unknown, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** A comment: keeps the connection open and is not seen by event listeners. */
export const commentText = (text: string): string => `: ${text}\n\n`;

/** How long a client waits before it reconnects, ms. */
export const retryText = (ms: number): string => `retry: ${ms}\n\n`;
