import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import type { Source } from './find-sources.js';

/** A list of image URLs, one a line, each with an optional name behind a space; `#` begins a comment. @throws CliError naming the line */
export function readUrlList(text: string, from: string): Source[] {
  const sources = text.split(/\r?\n/).flatMap((line, at): Source[] => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const [url = '', ...rest] = trimmed.split(/\s+/);
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new CliError(exitCodes.usage, `${from}, line ${at + 1}: this is not an http(s) URL.`, {
        hint: 'One URL a line, with a name behind it if you like: https://example.com/cup.jpg red cup.jpg',
      });
    const name = rest.join(' ') || nameInUrl(url);
    return [{ source: url, kind: 'url', name, folder: '', bytes: null, mtimeMs: null }];
  });
  if (sources.length === 0) throw new CliError(exitCodes.usage, `${from}: there is no URL in it.`);
  return sources;
}

function nameInUrl(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last) || 'image';
  } catch {
    return last;
  }
}
