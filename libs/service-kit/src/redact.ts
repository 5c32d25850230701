const blank = '[redacted]';

/** Fields whose value is never shown, whatever it is. */
const secretField =
  /^(proxy-)?authorization$|^x-api-key$|^(set-)?cookie$|api[-_]?keys?$|fal_key|password|secret|access[-_]?token|auth[-_]?token/i;

/** What looks like a secret inside a text, and what is left of it. Order matters: URLs first. */
const patterns: readonly [RegExp, string][] = [
  // scheme://user:password@host
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:@/?#"']*):[^\s@/?#"']+@/gi, `$1:${blank}@`],
  // the query of any URL: signed links, tickets
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]*)\?[^\s#"'<>]*/gi, `$1?${blank}`],
  // header values: `Bearer …`, fal's `Key …`
  [/\b(Bearer|Basic|Key)\s+[A-Za-z0-9+/=_.:~-]{8,}/g, `$1 ${blank}`],
  // our API keys; the eight digits are the key's public id
  [/\bi2m_([0-9a-f]{8})_[A-Za-z0-9_-]+/g, `i2m_$1_${blank}`],
  [/\bi2m_(?![0-9a-f]{8}_)[A-Za-z0-9_-]{12,}/g, `i2m_${blank}`],
  // fal keys: <uuid>:<hex>
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{16,}\b/gi, blank],
];

const longestText = 4_000;
const mostScanned = 20_000;
const longestList = 100;
const deepest = 6;

/** Turns any value into what may be written to a log. `secrets` are known values, blanked wherever they occur. */
export function createRedactor(
  secrets: readonly string[],
  options: { stacks: boolean },
): (value: unknown, field?: string) => unknown {
  const known = [...secrets].sort((a, b) => b.length - a.length);
  const clean = (text: string): string => {
    const hidden = known.reduce((rest, secret) => rest.replaceAll(secret, blank), text.slice(0, mostScanned));
    const safe = patterns.reduce(
      (rest, [pattern, replacement]) => rest.replace(pattern, replacement),
      hidden,
    );
    return safe.length > longestText ? `${safe.slice(0, longestText)}… (${text.length} characters)` : safe;
  };
  const walk = (value: unknown, field: string, depth: number): unknown => {
    if (secretField.test(field)) return blank;
    if (typeof value === 'string') return clean(value);
    if (typeof value === 'bigint') return value.toString();
    if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
    if (depth >= deepest) return '[deeper]';
    if (value instanceof Error) return walkEntries(errorFields(value, options.stacks), depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof URL) return clean(value.href);
    if (Array.isArray(value)) return value.slice(0, longestList).map((item) => walk(item, '', depth + 1));
    return walkEntries(Object.entries(value), depth);
  };
  const walkEntries = (entries: readonly [string, unknown][], depth: number): Record<string, unknown> =>
    Object.fromEntries(entries.map(([key, item]) => [key, walk(item, key, depth + 1)]));
  return (value, field = '') => walk(value, field, 0);
}

/** Errors are written by allow list: libraries hang requests, headers and bodies on theirs. */
function errorFields(error: Error, stacks: boolean): [string, unknown][] {
  const code = 'code' in error && ['string', 'number'].includes(typeof error.code) ? error.code : undefined;
  const fields: [string, unknown][] = [
    ['name', error.name],
    ['message', error.message || String(code ?? '')],
  ];
  if (code !== undefined) fields.push(['code', code]);
  if (stacks && error.stack !== undefined) fields.push(['stack', error.stack]);
  if (error.cause instanceof Error) fields.push(['cause', error.cause]);
  return fields;
}
