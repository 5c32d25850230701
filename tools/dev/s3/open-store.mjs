import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** fauxqs keeps objects in memory, and does not export the class that does. */
const storeModule = new URL('./s3/s3Store.js', import.meta.resolve('fauxqs')).href;

/**
 * A store in memory, or one that writes every object through to `dir/<bucket>/<key>` and begins with what is there.
 * @param {string | undefined} dir
 */
export async function openStore(dir) {
  const { S3Store } = await import(storeModule);
  if (dir === undefined) return new S3Store();
  const store = new (keptIn(S3Store, dir))();
  store.load();
  return store;
}

/** @param {any} S3Store @param {string} dir */
const keptIn = (S3Store, dir) =>
  class extends S3Store {
    /** @param {string} bucket @param {string} key */
    fileOf(bucket, key) {
      const file = join(dir, bucket, key);
      if (relative(join(dir, bucket), file).startsWith('..')) throw new Error('the key leaves its bucket');
      return file;
    }

    load() {
      mkdirSync(dir, { recursive: true });
      for (const file of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        const [bucket = '', ...key] = relative(dir, join(file.parentPath, file.name)).split('/');
        super.createBucket(bucket);
        if (!file.isFile()) continue;
        const path = join(file.parentPath, file.name);
        super.putObject(bucket, key.join('/'), readFileSync(path)).lastModified = statSync(path).mtime;
      }
    }

    /** @param {string} bucket @param {{ key: string, body: Buffer }} object */
    keep(bucket, { key, body }) {
      const file = this.fileOf(bucket, key);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${dir}.new`, body);
      renameSync(`${dir}.new`, file);
    }

    /** @param {string} name */
    createBucket(name) {
      super.createBucket(name);
      mkdirSync(join(dir, name), { recursive: true });
    }

    /** @param {[string, string, Buffer, string?, object?]} args */
    putObject(...args) {
      const object = super.putObject(...args);
      this.keep(args[0], object);
      return object;
    }

    /** @param {string} uploadId @param {object[]} parts */
    completeMultipartUpload(uploadId, parts) {
      const bucket = this.multipartUploads.get(uploadId)?.bucket;
      const object = super.completeMultipartUpload(uploadId, parts);
      this.keep(bucket, object);
      return object;
    }

    /** @param {string} bucket @param {string} key */
    deleteObject(bucket, key) {
      // deleting what is not there is no error, and may name a folder of ours
      const isThere = this.buckets.get(bucket)?.has(key);
      super.deleteObject(bucket, key);
      if (isThere) rmSync(this.fileOf(bucket, key), { force: true });
    }
  };
