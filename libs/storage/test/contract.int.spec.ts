import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { closingAfterAll, startS3, type S3Server } from '@image2model/testing';
import { openStorage } from '../src/open-storage.js';
import type { Storage } from '../src/storage.js';
import { storageContract } from './support/storage-contract.js';

const closing = closingAfterAll();
let turn = 0;

describe('file:// keeps the contract', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'storage-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));
  storageContract(() => openStorage(pathToFileURL(join(directory, String((turn += 1)))).href));
});

/** A bucket of one's own instead, as in STORAGE_URL: does this server do what the storage counts on? */
const given = process.env['I2M_TEST_S3_URL'];

describe('s3:// keeps the contract', () => {
  let s3: S3Server;
  beforeAll(async () => {
    if (given !== undefined) return;
    s3 = closing(await startS3());
    Object.assign(process.env, s3.credentials);
  });
  const folder = (): string => `contract-${process.pid}/${(turn += 1)}`;
  const own = (url: string): string => {
    const place = new URL(url);
    place.pathname += `/${folder()}`;
    return place.href;
  };
  let last: Storage | undefined;
  afterEach(async () => {
    for (const prefix of ['batches', 'trash', 'race', 'a', 'k', 'whole', 'stream'])
      await last?.remove(prefix);
  });
  storageContract(async () => {
    last = await openStorage(given === undefined ? s3.storageUrl(folder()) : own(given));
    return last;
  });
});
