export { openStorage } from './open-storage.js';
export { StorageError, type StorageErrorCode } from './storage-error.js';
export { storageKeys } from './storage-keys.js';
export type { ReadRange, Storage, StoredGroup, StoredObject, WriteOptions, Written } from './storage.js';
