import { Failure } from '@image2model/contracts';
import { StorageError } from '@image2model/storage';
import { isDependencyDown } from './dependency-down.js';

describe('isDependencyDown', () => {
  const named = (name: string, message = ''): Error => Object.assign(new Error(message), { name });
  it.each([
    [new Failure('dependency', 'x'), true],
    [new Failure('unexpected', 'x'), false],
    [new StorageError('no_space', 'x'), true],
    [new StorageError('denied', 'x'), true],
    [new StorageError('unavailable', 'x'), true],
    [new StorageError('not_found', 'x'), false],
    [named('MaxRetriesPerRequestError'), true],
    [named('Error', 'Command timed out'), true],
    [named('ReplyError', "OOM command not allowed when used memory > 'maxmemory'."), true],
    [named('ReplyError', 'WRONGTYPE Operation against a key'), false],
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), true],
    [new TypeError('x is not a function'), false],
    ['text', false],
  ])('%p: %p', (error, down) => expect(isDependencyDown(error)).toBe(down));
});
