import { HttpProblem } from './http-problem.js';
import { parseJson } from './parse-json.js';

const refusalOf = (text: string, field?: string): HttpProblem => {
  try {
    parseJson(text, field);
  } catch (error) {
    if (error instanceof HttpProblem) return error;
  }
  throw new Error('not refused');
};

it('parses', () => expect(parseJson('{"a":[1,{"b":null}]}')).toEqual({ a: [1, { b: null }] }));

it.each(['', '{', '{"a":1,}', 'undefined', "{'a':1}", '\ufeff{}'])('refuses %j with 400', (text) =>
  expect(refusalOf(text)).toMatchObject({ status: 400, code: 'invalid_json' }),
);
it('names the field it came in', () => {
  expect(refusalOf('{', 'settings')).toMatchObject({ status: 400, errors: [{ path: 'settings' }] });
  expect(refusalOf('{"__proto__":1}', 'settings').errors).toEqual([
    expect.objectContaining({ path: 'settings.__proto__' }),
  ]);
});
it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s at any depth', (key) =>
  expect(refusalOf(`{"a":[{"${key}":{}}]}`)).toMatchObject({ status: 422, errors: [{ path: `a.0.${key}` }] }),
);
it('refuses what is nested too deeply, however deep', () => {
  expect(parseJson('['.repeat(15) + ']'.repeat(15))).toBeDefined();
  expect(refusalOf('['.repeat(18) + ']'.repeat(18)).status).toBe(400);
  expect(refusalOf('['.repeat(50_000) + ']'.repeat(50_000)).status).toBe(400);
});
it('changes no prototype', () => {
  refusalOf('{"__proto__":{"polluted":true}}');
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});
