import { decodeImage, resizePhoto, type Photo } from './image/decode-image.js';
import { cleanSoftMask } from './mask/clean-mask.js';
import { findMask } from './mask/find-mask.js';
import { buildMesh } from './mesh/build-mesh.js';
import { buildSurface, type Unwrapping } from './mesh/build-surface.js';
import { flattenSheets } from './mesh/flatten-sheets.js';
import { faceCount, type Mesh } from './mesh/mesh.js';
import { splitSheets } from './mesh/split-sheets.js';
import { framedRelief } from './shape/framed-relief.js';
import type { Field } from './shape/grid.js';
import { inflate } from './shape/inflate.js';
import type { Shape } from './shape/shape.js';
import { mapTexels } from './texture/map-texels.js';
import { paintTexture, type JpegSettings } from './texture/paint-texture.js';
import { layOutTexture } from './texture/texture-layout.js';
import { writeGlb } from './glb/write-glb.js';

/** Longer side of the grid on which masks and heights are found. */
const gridSide = 288;
/** A photo more elongated than this is squeezed: a line of pixels still becomes a body. */
const maxAspect = 8;

export type TextureSetting = 'no' | 'standard' | 'HD';

export interface ModelOptions {
  /** Most faces of the model, 4 … 1,000,000. From 1,000 up the model has exactly as many, or one less. */
  readonly faceLimit: number;
  /** `no` gives a plain grey material, `standard` a texture of at most 1024 px a side, `HD` of at most 2048 px. */
  readonly texture: TextureSetting;
}

export type ModelStage = 'decode' | 'mask' | 'shape' | 'mesh' | 'texture' | 'write';

/** Called when a stage begins; percent is of the whole work, 0 … 100. */
export type OnProgress = (stage: ModelStage, percent: number) => void;

export interface Model {
  /** Binary glTF 2.0; the same bytes for the same input, in an ArrayBuffer of their own. */
  readonly glb: Uint8Array<ArrayBuffer>;
  readonly faces: number;
  readonly vertices: number;
  /** True for a framed relief of the whole photo, false for a cut-out object. */
  readonly relief: boolean;
}

const textures: Record<TextureSetting, { readonly maxSide: number; readonly jpeg: JpegSettings }> = {
  no: { maxSide: 1024, jpeg: { quality: 80, chromaSubsampling: '4:2:0' } },
  standard: { maxSide: 1024, jpeg: { quality: 86, chromaSubsampling: '4:2:0' } },
  HD: { maxSide: 2048, jpeg: { quality: 92, chromaSubsampling: '4:4:4' } },
};

/**
 * Makes a closed, manifold, textured model of one JPEG, PNG or WebP, without network. It keeps the thread busy for a
 * second or more; services run it in a pool (`createThreadPool`).
 * @throws ImageError when the image is at fault
 */
export async function generateModel(
  image: Uint8Array,
  options: ModelOptions,
  onProgress: OnProgress = () => {},
): Promise<Model> {
  checkFaceLimit(options.faceLimit);
  const { maxSide, jpeg } = textures[options.texture];
  onProgress('decode', 0);
  const photo = await decodeImage(image, maxSide);
  const small = await resizePhoto(photo, ...gridSize(photo));
  onProgress('mask', 10);
  const mask = await findMask(small);
  onProgress('shape', 45);
  const { shape, mesh, relief } = buildBody(small, mask, options.faceLimit, () => onProgress('mesh', 50));
  onProgress('texture', 75);
  const unwrapping = options.texture === 'no' ? undefined : unwrap(photo, shape, mesh, maxSide);
  const texture = unwrapping && (await paint(photo, shape, mesh, unwrapping, jpeg));
  onProgress('write', 90);
  const surface = buildSurface(mesh, unwrapping);
  const glb = writeGlb(surface, texture);
  return { glb, faces: faceCount(mesh), vertices: surface.positions.length / 3, relief };
}

function unwrap(photo: Photo, shape: Shape, mesh: Mesh, maxSide: number): Unwrapping {
  const sheets = splitSheets(mesh);
  return { sheets, flat: flattenSheets(mesh, sheets), layout: layOutTexture(shape, photo, maxSide) };
}

function paint(
  photo: Photo,
  shape: Shape,
  mesh: Mesh,
  { sheets, flat, layout }: Unwrapping,
  jpeg: JpegSettings,
): Promise<Uint8Array> {
  return paintTexture(photo, shape, layout, mapTexels(mesh, sheets, flat, layout), jpeg);
}

function checkFaceLimit(faceLimit: number): void {
  if (Number.isInteger(faceLimit) && faceLimit >= 4 && faceLimit <= 1_000_000) return;
  throw new RangeError(`faceLimit must be an integer from 4 to 1,000,000, not ${faceLimit}.`);
}

function gridSize({ width, height }: Photo): [width: number, height: number] {
  const scale = gridSide / Math.max(width, height);
  const side = (length: number): number => Math.max(gridSide / maxAspect, Math.round(length * scale));
  return [side(width), side(height)];
}

interface Body {
  readonly shape: Shape;
  readonly mesh: Mesh;
  readonly relief: boolean;
}

/** The object; for a limit too small for its pieces and holes, its solid outline, and at last the framed relief. */
function buildBody(photo: Photo, mask: Field | undefined, faceLimit: number, onMesh: () => void): Body {
  const shapes = mask
    ? [() => inflate(photo, mask), () => inflate(photo, cleanSoftMask(mask, solidRules))]
    : [];
  for (const makeShape of shapes) {
    const shape = makeShape();
    onMesh();
    const mesh = buildMesh(shape, faceLimit);
    if (mesh) return { shape, mesh, relief: false };
  }
  const shape = framedRelief(photo);
  onMesh();
  const mesh = buildMesh(shape, faceLimit);
  if (!mesh) throw new Error(`A plain relief could not be reduced to ${faceLimit} faces.`);
  return { shape, mesh, relief: true };
}

/** One piece, without holes. */
const solidRules = { pieceShare: 1, maxPieces: 1, holeShare: 1, maxHoles: 0 };
