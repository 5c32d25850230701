/** An answer that ends the handling of a request: thrown where it is known, sent in one place. */
export class HttpAnswer extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`answer ${status}`);
    this.name = 'HttpAnswer';
  }
}

export const notFound = (detail = 'Not Found'): HttpAnswer => new HttpAnswer(404, { detail });
