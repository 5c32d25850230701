import { openDocument } from './document/open-document.js';
import { judgeExtent } from './gate/judge-extent.js';
import { judgeTexture } from './gate/judge-texture.js';
import { judgeValidity } from './gate/judge-validity.js';
import { drawnMeshes, type Drawn } from './glb/drawn-meshes.js';
import { readGltf, type ReadGltf } from './glb/read-gltf.js';
import { ModelRefused } from './model-refused.js';
import { simplifyModel } from './simplify/simplify-model.js';

export interface WantedModel {
  /** Most faces; a model with more is simplified. */
  readonly faceLimit: number;
  /** Refuse a model without colour texture. */
  readonly texture: boolean;
  /** False: only its structure, and its faces; it may be invalid and untextured. */
  readonly gate: boolean;
}

export interface CheckedModel {
  /** The very bytes that came in, or the simplified model. */
  readonly glb: Uint8Array;
  /** Triangles that a viewer draws, at most the limit. */
  readonly faces: number;
  /** Stored vertices of what a viewer draws. */
  readonly vertices: number;
  readonly simplified: boolean;
}

/**
 * Decides whether bytes that a provider sent are a model to deliver, and brings it within the face limit. It trusts
 * nothing in them, and gives the same answer for the same bytes. It keeps its thread busy for up to some seconds;
 * services use `createModelChecker`. The caller limits the size.
 * @throws ModelRefused
 */
export async function checkModel(glb: Uint8Array, want: WantedModel): Promise<CheckedModel> {
  const { drawn } = await judgeModel(glb, want);
  if (drawn.faces <= want.faceLimit)
    return { glb, faces: drawn.faces, vertices: drawn.vertices, simplified: false };
  const smaller = await simplifyModel(glb, drawn.faces, want.faceLimit);
  const { faces, vertices } = (await judgeModel(smaller, want)).drawn;
  return { glb: smaller, faces, vertices, simplified: true };
}

async function judgeModel(glb: Uint8Array, want: WantedModel): Promise<{ drawn: Drawn }> {
  const read = readGltf(glb);
  const drawn = drawnMeshes(read.gltf);
  if (drawn.faces === 0) throw new ModelRefused('quality.no_faces', 'The model shows no faces.');
  if (want.gate) await judgeQuality(glb, read, drawn, want);
  return { drawn };
}

async function judgeQuality(glb: Uint8Array, read: ReadGltf, drawn: Drawn, want: WantedModel): Promise<void> {
  await judgeValidity(glb);
  judgeExtent(await openDocument(glb));
  if (want.texture) judgeTexture(read, drawn);
}
