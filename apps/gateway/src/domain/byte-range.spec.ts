import { wantedRange } from './byte-range.js';

it.each([
  [undefined, 10, { want: 'all' }],
  ['bytes=0-', 10, { want: 'part', start: 0, end: 9 }],
  ['bytes=0-0', 10, { want: 'part', start: 0, end: 0 }],
  ['bytes=3-99', 10, { want: 'part', start: 3, end: 9 }],
  ['bytes=-3', 10, { want: 'part', start: 7, end: 9 }],
  ['bytes=-99', 10, { want: 'part', start: 0, end: 9 }],
  [' Bytes = 1-2 ', 10, { want: 'part', start: 1, end: 2 }],
  ['bytes=10-', 10, { want: 'impossible' }],
  ['bytes=-0', 10, { want: 'impossible' }],
  ['bytes=0-', 0, { want: 'impossible' }],
  ['bytes=5-4', 10, { want: 'all' }],
  ['bytes=-', 10, { want: 'all' }],
  ['bytes=0-1,3-4', 10, { want: 'all' }],
  ['items=0-1', 10, { want: 'all' }],
  [`bytes=0-${'9'.repeat(16)}`, 10, { want: 'all' }],
])('%s of %i bytes', (header, size, wanted) => expect(wantedRange(header, size)).toEqual(wanted));
