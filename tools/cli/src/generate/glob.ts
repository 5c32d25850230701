import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const isGlob = (text: string): boolean => /[*?[{]/.test(text);

/** Files that a pattern names, sorted: `*`, `?`, `[abc]`, `{a,b}` and `**`; for shells that leave patterns alone. */
export function expandGlob(pattern: string, cwd: string): string[] {
  const parts = pattern.split('/');
  const first = parts.findIndex(isGlob);
  const base = parts.slice(0, first).join('/') || (pattern.startsWith('/') ? '/' : '.');
  const matcher = globMatcher(parts.slice(first).join('/'));
  const top = resolve(cwd, base);
  return filesBelow(top, '')
    .filter((path) => matcher.test(path))
    .sort()
    .map((path) => join(top, path));
}

/** What a relative path with slashes is matched against. */
export function globMatcher(pattern: string): RegExp {
  let depth = 0;
  const source = pattern.replace(/\*\*\/|\*\*|[\s\S]/g, (token, at: number) => {
    if (token === '**/') return '(?:[^/]+/)*';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token === '{') depth += 1;
    if (token === '{') return '(?:';
    if (token === '}' && depth > 0) {
      depth -= 1;
      return ')';
    }
    if (token === ',' && depth > 0) return '|';
    if (token === '[' || token === ']' || (token === '-' && /[\w]/.test(pattern[at - 1] ?? ''))) return token;
    return token.replace(/[.+^$()|\\{}]/g, '\\$&');
  });
  return new RegExp(`^${source}$`);
}

function filesBelow(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(folder, path) : [path];
  });
}
