import { createHash, randomBytes } from 'node:crypto';

interface Upload {
  readonly name: string;
  readonly type: string;
  sha256: string | null;
  isImage: boolean;
  /** null: not uploaded yet, or dropped to keep memory bounded. */
  bytes: Buffer | null;
  readonly parts: Map<number, Buffer>;
}

const mostKeptBytes = 64 * 1024 * 1024;

/** What was uploaded. The latest 64 MB can be read again; of the rest the sha256 is kept. */
export class Storage {
  private readonly uploads = new Map<string, Upload>();
  private kept: Upload[] = [];
  private keptBytes = 0;

  /** @returns the path of the file, under v3.fal.media */
  initiate(name: string, type: string): string {
    const path = `/files/stand-in/${randomBytes(12).toString('hex')}_${name.replaceAll(/[^\w.-]/g, '_')}`;
    this.uploads.set(path, { name, type, sha256: null, isImage: false, bytes: null, parts: new Map() });
    return path;
  }

  find(path: string): Readonly<Upload> | null {
    return this.uploads.get(path) ?? null;
  }

  /** @returns false for a path that was never initiated */
  put(path: string, bytes: Buffer): boolean {
    const upload = this.uploads.get(path);
    if (upload === undefined) return false;
    upload.sha256 = createHash('sha256').update(bytes).digest('hex');
    upload.isImage = isImage(bytes);
    this.keep(upload, bytes);
    return true;
  }

  /** @returns the part's etag; null for a path that was never initiated */
  putPart(path: string, part: number, bytes: Buffer): string | null {
    const upload = this.uploads.get(path);
    if (upload === undefined) return null;
    upload.parts.set(part, bytes);
    return createHash('md5').update(bytes).digest('hex');
  }

  complete(path: string, parts: readonly number[]): boolean {
    const upload = this.uploads.get(path);
    const found = parts.map((part) => upload?.parts.get(part));
    if (upload === undefined || found.length === 0) return false;
    const whole = found.flatMap((part) => part ?? []);
    if (whole.length < found.length) return false;
    upload.parts.clear();
    return this.put(path, Buffer.concat(whole));
  }

  private keep(upload: Upload, bytes: Buffer): void {
    this.keptBytes += bytes.length - (upload.bytes?.length ?? 0);
    if (upload.bytes === null) this.kept.push(upload);
    upload.bytes = bytes;
    while (this.keptBytes > mostKeptBytes && this.kept.length > 1) {
      const oldest = this.kept.shift();
      this.keptBytes -= oldest?.bytes?.length ?? 0;
      if (oldest !== undefined) oldest.bytes = null;
    }
  }
}

/** JPEG, PNG or WebP, by its first bytes. */
function isImage(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 12);
  return start.startsWith('\xff\xd8\xff') || start.startsWith('\x89PNG') || /^RIFF....WEBP/s.test(start);
}
