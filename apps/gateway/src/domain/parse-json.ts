import { httpLimits } from '@image2model/contracts';
import { HttpProblem, invalidRequest } from './http-problem.js';

const poison = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * JSON from outside. Refuses what is not JSON (400), what is nested too deeply (400) and keys that reach for
 * prototypes (422).
 * @param field the multipart field the text came in, if it did
 */
export function parseJson(text: string, field?: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const detail = `is not valid JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}`;
    if (field !== undefined) throw invalidRequest([{ path: field, message: detail }], 400);
    throw new HttpProblem(400, 'invalid_json', `The body ${detail}`, { cause: error });
  }
  inspect(value, field === undefined ? [] : [field]);
  return value;
}

/** Walks without recursion: a deep document must not cost a deep stack. */
function inspect(root: unknown, at: readonly string[]): void {
  const open: { value: unknown; path: readonly string[] }[] = [{ value: root, path: at }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= httpLimits.jsonDepth)
      throw new HttpProblem(
        400,
        'invalid_json',
        `The JSON is nested deeper than ${httpLimits.jsonDepth} levels.`,
      );
    for (const key of Object.keys(value)) {
      if (!Array.isArray(value) && poison.has(key))
        throw invalidRequest([{ path: [...path, key].join('.'), message: 'is not a key that can be used' }]);
      open.push({ value: Reflect.get(value, key), path: [...path, key] });
    }
  }
}
