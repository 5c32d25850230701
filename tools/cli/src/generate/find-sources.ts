import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { expandGlob, isGlob } from './glob.js';
import { imageFault } from './image-fault.js';
import { readUrlList } from './url-list.js';

/** One thing to make a model of. */
export interface Source {
  /** Absolute path, or URL. */
  source: string;
  kind: 'file' | 'url';
  /** As it is sent. */
  name: string;
  /** Folder below --out for its model; empty for --out itself. */
  folder: string;
  /** null for a URL. */
  bytes: number | null;
  mtimeMs: number | null;
}

/** What is not sent, and why. */
export interface Skipped {
  source: string;
  reason: string;
}

export interface Found {
  sources: Source[];
  skipped: Skipped[];
}

const photos = new Set(['.jpg', '.jpeg', '.png', '.webp']);
/** Photos that people have, and that are not taken: worth a word where other files are not. */
const otherImages = new Set([
  '.gif',
  '.heic',
  '.heif',
  '.avif',
  '.bmp',
  '.tif',
  '.tiff',
  '.svg',
  '.jxl',
  '.raw',
  '.dng',
]);

/** All photos of the arguments, each once, in the order of the arguments. @throws CliError for one that names nothing */
export function findSources(
  inputs: readonly string[],
  { cwd, recursive }: { cwd: string; recursive: boolean },
): Found {
  const found: Found = { sources: [], skipped: [] };
  for (const input of inputs) addInput(found, input, cwd, recursive);
  const seen = new Set<string>();
  const sources = found.sources.filter(({ source }) => !seen.has(source) && seen.add(source));
  return { sources, skipped: found.skipped };
}

function addInput(found: Found, input: string, cwd: string, recursive: boolean): void {
  if (/^https?:\/\//i.test(input)) return void found.sources.push(...readUrlList(input, 'the arguments'));
  const path = resolve(cwd, input);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return addFolder(found, path, path, recursive);
  if (stat?.isFile() === true && extname(path).toLowerCase() === '.txt')
    return void found.sources.push(...readUrlList(readFileSync(path, 'utf8'), input));
  if (stat?.isFile() === true) return addFile(found, path, '');
  const matches = isGlob(input) ? expandGlob(input, cwd) : [];
  if (matches.length === 0)
    throw new CliError(exitCodes.usage, `${input}: there is no such folder, photo or list.`, {
      hint: 'Give a folder, photos (a pattern in quotes works too), or a .txt file with one URL a line.',
    });
  for (const match of matches) addFile(found, match, '');
}

function addFolder(found: Found, top: string, folder: string, recursive: boolean): void {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    const stat = statSync(path, { throwIfNoEntry: false });
    const ending = extname(entry.name).toLowerCase();
    if (stat?.isDirectory() === true) {
      if (recursive) addFolder(found, top, path, recursive);
    } else if (photos.has(ending)) addFile(found, path, relative(top, folder).split(sep).join('/'));
    else if (otherImages.has(ending))
      found.skipped.push({
        source: path,
        reason: `${ending.slice(1).toUpperCase()} is not taken; JPEG, PNG and WebP are`,
      });
  }
}

function addFile(found: Found, path: string, folder: string): void {
  const fault = imageFault(path);
  if (fault !== null) return void found.skipped.push({ source: path, reason: fault });
  const { size, mtimeMs } = statSync(path);
  found.sources.push({ source: path, kind: 'file', name: basename(path), folder, bytes: size, mtimeMs });
}
