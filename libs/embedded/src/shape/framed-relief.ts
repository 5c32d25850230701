import { f32 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import { newField, type Field } from './grid.js';
import { photoRelief } from './photo-relief.js';
import { shapeMargin, withMargin, type Shape } from './shape.js';

/** All as shares of the photo's longer side. */
const boardHeight = 0.02;
const frameWidth = 0.045;
const frameHeight = 0.06;
/** A scene is mostly nearer at its lower edge: so much it rises from top to bottom. */
const groundRise = 0.045;
/** For each unit of log brightness. */
const reliefHeight = 0.055;

/** The whole photo as a picture in a frame: flat back, a moulding around the photo, the scene's relief inside it. */
export function framedRelief(photo: Photo): Shape {
  const { width, height } = photo;
  const size = Math.max(width, height);
  const frame = Math.max(2, Math.round(frameWidth * size));
  const everywhere: Field = { width, height, data: new Float32Array(width * height).fill(1) };
  const relief = withMargin(photoRelief(photo, everywhere, size), frame);
  const field = (): Field => newField(relief.width, relief.height);
  const [mask, front, back] = [field(), field(), field()];
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      const at = y * mask.width + x;
      const inset = Math.min(x, y, mask.width - 1 - x, mask.height - 1 - y) + 0.5;
      const down = Math.min(1, Math.max(0, (y - frame) / height));
      const scene = groundRise * down + reliefHeight * f32(relief.data, at);
      const within = smoothStep((inset - frame) / Math.max(2, 0.15 * frame));
      const raised =
        boardHeight + (1 - within) * moulding(inset / frame) + within * Math.max(scene, -boardHeight / 2);
      const edge = Math.sqrt(Math.min(1, inset / (0.2 * frame + 1)));
      mask.data[at] = 1;
      front.data[at] = (size * raised * edge) ** 2;
      back.data[at] = (size * boardHeight * edge) ** 2;
    }
  }
  const pad = (field: Field): Field => withMargin(field, shapeMargin);
  return { mask: pad(mask), front: pad(front), back: pad(back), margin: frame + shapeMargin };
}

/** Height of the frame's profile from its outer edge (0) to the picture (1), as a share of the photo's longer side. */
const moulding = (across: number): number =>
  frameHeight * (0.75 + 0.25 * Math.sin(Math.PI * Math.min(1, Math.max(0, across))));

function smoothStep(value: number): number {
  const t = Math.min(1, Math.max(0, value));
  return t * t * (3 - 2 * t);
}
