import type { Logger } from './logger.js';

/** Anything that holds something open: a connection, a server, a timer. */
export interface Closable {
  close(): unknown;
}

export interface ClosingStack {
  add<R extends Closable>(resource: R, name?: string): R;
  /** Closes the last one first, each once; a failing one does not keep the others open. @returns how many failed */
  closeAll(): Promise<number>;
}

/** What a process has opened, in order. Something that is added after the end began is closed at once. */
export function createClosingStack(logger: Logger): ClosingStack {
  const open: { resource: Closable; name: string }[] = [];
  let ending = false;
  const closeOne = async ({ resource, name }: { resource: Closable; name: string }): Promise<boolean> => {
    try {
      await resource.close();
      logger.debug('closed', { resource: name });
      return true;
    } catch (error) {
      logger.error('could not close', { resource: name, error });
      return false;
    }
  };
  return {
    add: (resource, name = resource.constructor.name) => {
      if (ending) void closeOne({ resource, name });
      else open.push({ resource, name });
      return resource;
    },
    closeAll: async () => {
      ending = true;
      let failed = 0;
      for (let entry = open.pop(); entry !== undefined; entry = open.pop())
        if (!(await closeOne(entry))) failed += 1;
      return failed;
    },
  };
}
