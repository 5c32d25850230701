import type { z } from 'zod';
import { invalidRequest, type Invalid } from './http-problem.js';

type Issue = z.core.$ZodIssue;

/** Parses what a caller sent. @throws HttpProblem 422 naming each field, the limit and the value */
export function parseRequest<T>(schema: z.ZodType<T>, value: unknown, at: readonly PropertyKey[] = []): T {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalidRequest(invalidParts(parsed.error.issues, at));
}

/** The issues in the words of the contract; each unknown key is named by its own path. */
export function invalidParts(issues: readonly Issue[], at: readonly PropertyKey[] = []): Invalid[] {
  const all = issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: pathText([...path, key]), message: 'is not known' }));
    return [{ path: pathText(path), message: messageOf(issue) }];
  });
  const seen = new Set<string>();
  return all.filter(({ path }) => !seen.has(path) && seen.add(path));
}

/** `['images', 3, 'url']` → `images[3].url` */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text.replace(/^\./, '').slice(0, 200) || '(body)';
}

function messageOf(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is required';
  const got = `; got ${shown(issue.input)}`;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kindNames[issue.expected] ?? issue.expected}${got}`;
    case 'too_small':
      return `must ${boundOf(issue.origin, 'at least', issue.minimum)}${got}`;
    case 'too_big':
      return `must ${boundOf(issue.origin, 'at most', issue.maximum)}${got}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => String(value)).join(', ')}${got}`;
    case 'invalid_format':
      return issue.message;
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return `${issue.message}${got}`;
  }
}

const kindNames: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

function boundOf(origin: string, side: string, bound: number | bigint): string {
  if (origin === 'string') return `have ${side} ${bound} characters`;
  if (origin === 'array') return `have ${side} ${bound} entries`;
  return `be ${side} ${bound}`;
}

/** A value as it may be repeated in a message: short. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}
