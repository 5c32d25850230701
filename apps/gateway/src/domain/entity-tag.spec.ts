import { matchesTag, preconditionOf, rangeHeader } from './entity-tag.js';

const tag = '"a"';
const headers =
  (sent: Record<string, string>) =>
  (name: string): string | undefined =>
    sent[name];

it.each([
  [{}, 'go'],
  [{ 'If-Match': '"a"' }, 'go'],
  [{ 'If-Match': '"b", "a"' }, 'go'],
  [{ 'If-Match': '*' }, 'go'],
  [{ 'If-Match': '"b"' }, 'failed'],
  [{ 'If-Match': 'W/"a"' }, 'failed'],
  [{ 'If-Match': '' }, 'failed'],
  [{ 'If-None-Match': '"a"' }, 'not_modified'],
  [{ 'If-None-Match': 'W/"a"' }, 'not_modified'],
  [{ 'If-None-Match': '*' }, 'not_modified'],
  [{ 'If-None-Match': '"b"' }, 'go'],
  [{ 'If-Match': '"b"', 'If-None-Match': '"a"' }, 'failed'],
  [{ 'If-Match': '"a"', 'If-None-Match': '"a"' }, 'not_modified'],
])('%j: %s', (sent, verdict) => expect(preconditionOf(headers(sent), tag)).toBe(verdict));

it.each([
  ['GET', { Range: 'bytes=0-1' }, 'bytes=0-1'],
  ['HEAD', { Range: 'bytes=0-1' }, undefined],
  ['GET', { Range: 'bytes=0-1', 'If-Range': ' "a" ' }, 'bytes=0-1'],
  ['GET', { Range: 'bytes=0-1', 'If-Range': 'W/"a"' }, undefined],
  ['GET', { Range: 'bytes=0-1', 'If-Range': 'Sun, 06 Nov 1994 08:49:37 GMT' }, undefined],
  ['GET', {}, undefined],
])('the range of %s %j is %s', (method, sent, range) =>
  expect(rangeHeader(method, headers(sent), tag)).toBe(range),
);

it.each([
  [undefined, false],
  ['"a"', true],
  ['W/"a"', true],
  ['"b", "a"', true],
  ['*', true],
  ['"b"', false],
  ['a', false],
])('whether %s holds the tag "a"', (header, holds) => expect(matchesTag(header, tag)).toBe(holds));
