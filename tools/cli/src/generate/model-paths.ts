import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createModelNames } from './model-names.js';
import type { Plan } from './plan.js';
import type { Session } from './session.js';
import type { Entry } from './state.js';

/** Where the model of each source goes; a changed photo's takes the place of the old one. */
export function modelPaths(
  { state, out }: Session,
  { obsolete }: Plan,
): (source: { source: string; folder: string; name: string }) => string {
  const before = new Map(obsolete.map((entry: Entry) => [entry.source, entry.path]));
  const names = createModelNames(
    [...state.files, ...obsolete].map(({ path }) => path),
    (path) => existsSync(join(out, path)),
  );
  return ({ source, folder, name }) => before.get(source) ?? names(folder, name);
}
