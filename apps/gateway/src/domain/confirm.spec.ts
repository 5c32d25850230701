import { requireConfirm } from './confirm.js';
import { HttpProblem } from './http-problem.js';

const ask =
  (body: { confirm?: string | boolean }, query = {}) =>
  (): void =>
    requireConfirm({ query }, body, 'a-queue');

it.each([
  [{ confirm: true }, {}],
  [{ confirm: 'a-queue' }, {}],
  [{}, { confirm: 'true' }],
  [{}, { confirm: 'a-queue' }],
])('goes on with %j and the query %j', (body, query) => expect(ask(body, query)).not.toThrow());

it.each([
  [{}, {}],
  [{ confirm: 'another-queue' }, {}],
  [{ confirm: false }, {}],
  [{}, { confirm: '' }],
  [{}, { confirm: ['true'] }],
  // what the body says counts, whatever stands in the query
  [{ confirm: 'another-queue' }, { confirm: 'true' }],
])('refuses %j and the query %j, and says what to send', (body, query) => {
  expect(ask(body, query)).toThrow(HttpProblem);
  expect(ask(body, query)).toThrow(/Send \{"confirm": "a-queue"\} or \?confirm=a-queue .*nothing was done/);
});
