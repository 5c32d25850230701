import { HttpProblem } from './http-problem.js';

const mostNamed = 100;

/** 404 of the operators' API: it may say what there is, since its callers may see all of it anyway. */
export function unknownName(kind: string, name: string, known: Iterable<string>): HttpProblem {
  const names = [...known];
  const shown = names.slice(0, mostNamed).join(', ');
  const more = names.length > mostNamed ? `, and ${names.length - mostNamed} more` : '';
  const there = names.length === 0 ? 'There is none now.' : `There are: ${shown}${more}.`;
  return new HttpProblem(404, 'not_found', `There is no ${kind} ${name.slice(0, 100)}. ${there}`);
}
