import { z } from 'zod';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

/** As much of a problem as there is: a proxy in between may answer anything. */
const problemSchema = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
  request_id: z.string().optional(),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .catch(undefined),
});

/** An answer of the gateway that is an error. */
export class ApiProblem extends CliError {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfterMs: number | null,
    options: { code: string; hint: string | undefined; requestId: string | undefined },
  ) {
    super(status === 404 ? exitCodes.notFound : exitCodes.refused, message, options);
  }

  /** The same request may be answered otherwise in a while. */
  get passing(): boolean {
    return (
      this.status === 429 ||
      this.status === 408 ||
      this.status >= 500 ||
      this.code === 'idempotency_in_flight'
    );
  }
}

const hints: Readonly<Record<number, string>> = {
  401: 'The key is missing, unknown or withdrawn: give another one by --key, I2M_API_KEY or `i2m config set key`.',
  404: 'Is the id right, and does it belong to this key? A newer command may also ask for what this gateway does not have.',
  413: 'Send less in one request.',
  429: 'Wait a little, or ask for a higher limit.',
};
const hintsByCode: Readonly<Record<string, string>> = {
  scope_missing:
    'This key may not operate the installation: use one of I2M_API_KEYS instead of I2M_CLIENT_KEYS.',
  confirm_required: 'Add --confirm when you mean it.',
};

/** Reads an answer that is not a success. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const { status, headers } = response;
  const parsed = problemSchema.safeParse(await response.json().catch(() => ({})));
  const { title, detail, code = `http_${status}`, request_id, errors = [] } = parsed.data ?? {};
  const said = detail ?? title ?? `the gateway answered ${status} without a reason`;
  const more = errors
    .filter(({ message }) => !said.includes(message))
    .slice(0, 10)
    .map(({ path, message }) => `\n  ${path}: ${message}`)
    .join('');
  const requestId = request_id ?? headers.get('x-request-id') ?? undefined;
  return new ApiProblem(status, `${said}${more}`, retryAfterOf(headers), {
    code,
    hint:
      hintsByCode[code] ??
      hints[status] ??
      (status >= 500 ? 'The gateway is in trouble: `i2m doctor` looks why.' : undefined),
    requestId: status >= 500 ? requestId : undefined,
  });
}

function retryAfterOf(headers: Headers): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}
