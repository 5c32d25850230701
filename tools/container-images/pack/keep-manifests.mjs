// node keep-manifests.mjs FOLDER   copies what npm ci reads, so that its layer changes with the packages only
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [, , out = ''] = process.argv;
const workspaces = ['apps', 'libs', 'tools'].flatMap((parent) =>
  readdirSync(parent).map((name) => join(parent, name)),
);
for (const file of [
  'package.json',
  'package-lock.json',
  '.npmrc',
  ...workspaces.map((folder) => join(folder, 'package.json')),
])
  if (existsSync(file)) cpSync(file, join(out, file));
