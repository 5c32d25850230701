import { resumePoint } from './resume-point.js';

const now = 1_000_000;
const at = (id: string | undefined, finishedAtMs: number | null = null) =>
  resumePoint(id, { finishedAtMs }, now);

it('begins at the beginning without an id', () =>
  expect(at(undefined)).toEqual({ after: '0-0', readFrom: '0-0' }));
it('goes on where the client was', () =>
  expect(at(' 500-3 ')).toEqual({ after: '500-3', readFrom: '500-3' }));
it('reads the end of an ended batch again, so that the stream can end', () => {
  expect(at('900000-3', 900_000)).toEqual({ after: '900000-3', readFrom: '898000-0' });
  expect(at('999999-0', 900_000)).toEqual({ after: '999999-0', readFrom: '898000-0' });
  expect(at('500-3', 900_000)).toEqual({ after: '500-3', readFrom: '500-3' });
});
it.each(['', 'x', '1', '1-1-1', '-1-0', '1.5-0', '12345678901234567-0', '1-1234567', '9999999-0'])(
  'refuses %j',
  (id) => expect(() => at(id)).toThrow('Last-Event-ID'),
);
