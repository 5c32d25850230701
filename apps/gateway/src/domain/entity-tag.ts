/** What the conditions of a request (RFC 9110, 13) ask of an object with this entity tag. */
export type Precondition = 'go' | 'not_modified' | 'failed';

type HeaderOf = (name: string) => string | undefined;

/** If-Match comes before If-None-Match; dates are ignored, for nothing here has one. */
export function preconditionOf(header: HeaderOf, tag: string): Precondition {
  const match = header('If-Match');
  if (match !== undefined && !entries(match).some((entry) => entry === '*' || entry === tag)) return 'failed';
  return matchesTag(header('If-None-Match'), tag) ? 'not_modified' : 'go';
}

/** A range of another version of the object is worthless: then all of it is wanted. Ranges mean something for GET only. */
export function rangeHeader(method: string, header: HeaderOf, tag: string): string | undefined {
  const condition = header('If-Range');
  const same = condition === undefined || condition.trim() === tag;
  return method === 'GET' && same ? header('Range') : undefined;
}

/** Whether an If-None-Match list holds the entity tag (weak comparison). */
export function matchesTag(header: string | undefined, tag: string): boolean {
  return entries(header ?? '').some((entry) => entry === '*' || entry.replace(/^W\//, '') === tag);
}

const entries = (header: string): string[] => header.split(',').map((entry) => entry.trim());
