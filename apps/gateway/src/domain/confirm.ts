import { HttpProblem } from './http-problem.js';
import type { ApiRequest } from './route.js';

/**
 * What cannot be taken back is done only for a caller that says so: `confirm` in the body or in the query, true or the
 * name of what it is done to. A name that is another one is a slip of the hand, and is refused as well.
 * @throws HttpProblem 422 `confirm_required`, saying what to send
 */
export function requireConfirm(
  { query }: Pick<ApiRequest, 'query'>,
  body: { confirm?: string | boolean | undefined },
  name: string,
): void {
  const said = body.confirm ?? query['confirm'];
  if (said === true || said === 'true' || said === name) return;
  const send = `Send {"confirm": "${name}"} or ?confirm=${encodeURIComponent(name)}`;
  const why =
    said === undefined
      ? 'This cannot be taken back.'
      : 'What was confirmed is not what this would be done to.';
  throw new HttpProblem(422, 'confirm_required', `${why} ${send} (or true) to go on; nothing was done.`, {
    errors: [{ path: 'confirm', message: `must be true or ${name}` }],
  });
}
