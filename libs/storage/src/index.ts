export { openStorage } from './open-storage.js';
export { isStorageDown, StorageError, type StorageErrorCode } from './storage-error.js';
export { storageKeys } from './storage-keys.js';
export type {
  LinkOptions,
  ReadRange,
  Storage,
  StoredGroup,
  StoredObject,
  WriteOptions,
  Written,
} from './storage.js';
