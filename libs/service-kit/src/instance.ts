import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Names one process for as long as it lives: `<hostname>-<pid>-<4 hex>`. */
export const newInstanceId = (): string => `${hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;
