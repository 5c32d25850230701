import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { ConnectionSource } from './connection.js';

const systemSchema = z.object({ gateway_url: z.string(), api_keys: z.array(z.string()) });

/** Every folder from here upwards. */
function* upwards(from: string): Generator<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    yield folder;
    if (dirname(folder) === folder) return;
  }
}

/** The system that `npm start` runs in this folder, one above it, or the checkout that this program belongs to. */
export function localSystem(cwd: string, checkout: string): ConnectionSource | null {
  for (const folder of [...upwards(cwd), checkout]) {
    const file = join(folder, '.run/system.json');
    const parsed = systemSchema.safeParse(readJson(file));
    if (parsed.success)
      return { name: file, url: parsed.data.gateway_url, key: parsed.data.api_keys[0], explicit: false };
  }
  return null;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // absent, or half a file of something else: there is no system here
    return undefined;
  }
}
