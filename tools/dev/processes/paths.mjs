import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The checkout this file lies in. */
export const root = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

/** Everything that the running system keeps: data, logs, keys, who is running. */
export const runDir = join(root, '.run');
