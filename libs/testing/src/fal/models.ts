import { createHash } from 'node:crypto';
import { standInEndpoints } from './endpoints.js';
import { sphereGlb, sphereTextures } from './glb.js';
import type { Job } from './job.js';

/** An empty zip archive. */
const emptyZip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex');
const usualFaceLimit = 50_000;

export interface ServedFile {
  readonly bytes: Buffer;
  readonly type: string;
}

/** Makes the files of a job when they are asked for; the same job has the same bytes each time. */
export class Models {
  private constructor(private readonly textures: readonly Buffer[]) {}

  static async make(): Promise<Models> {
    return new Models(await sphereTextures());
  }

  /** @param faces of a model, unless its face limit is lower; @returns null for a name that the job has not */
  file(job: Job, name: string, faces: number): ServedFile | null {
    if (name === 'preview.jpg') return { bytes: this.texture(job), type: 'image/jpeg' };
    if (name === 'model.zip') return { bytes: emptyZip, type: 'application/zip' };
    if (name !== 'model.glb') return null;
    return { bytes: this.model(job, faces), type: 'model/gltf-binary' };
  }

  /** In bytes; 0 for a name that the job has not. */
  size(job: Job, name: string, faces: number): number {
    const isPadded = job.modelFault === 'too_large' && name === 'model.glb';
    return isPadded ? job.modelBytes : (this.file(job, name, faces)?.bytes.length ?? 0);
  }

  private model(job: Job, faces: number): Buffer {
    const fault = job.modelFault;
    const limit = faceLimitOf(job);
    if (fault === 'not_glb') return Buffer.from('<html><body>Bad Gateway</body></html>');
    if (fault === 'zip') return emptyZip;
    const sphere = sphereGlb({
      faces: fault === 'many_faces' ? 2 * (limit ?? usualFaceLimit) : Math.min(faces, limit ?? faces),
      texture: fault !== 'no_texture' && isTextured(job) ? this.texture(job) : null,
      extras: { request_id: job.requestId, image_url: job.imageUrl },
    });
    return fault === 'too_large' ? Buffer.concat([sphere], job.modelBytes) : sphere;
  }

  private texture({ requestId }: Job): Buffer {
    const at = createHash('sha256').update(requestId).digest().readUInt32BE(0) % this.textures.length;
    return this.textures[at] ?? Buffer.alloc(0);
  }
}

const isTextured = ({ endpoint, input }: Job): boolean => standInEndpoints[endpoint]?.textured(input) ?? true;

function faceLimitOf({ endpoint, input }: Job): number | null {
  const limit = input[standInEndpoints[endpoint]?.facesField ?? ''];
  return typeof limit === 'number' && limit >= 8 ? limit : null;
}
