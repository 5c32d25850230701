import { f32, f64 } from '../typed-access.js';
import type { Photo } from '../image/decode-image.js';
import { distanceTo } from '../mask/distance-to.js';
import { blur, newField, type Field } from '../shape/grid.js';
import { hasFrame, type Shape } from '../shape/shape.js';
import { solveMembrane } from '../shape/solve-membrane.js';
import { fillOutside, type ColourLevel } from './fill-outside.js';
import { readPhoto } from './read-photo.js';

/** Distance inside the outline, in grid steps, where the photo begins to count, and where it counts fully. */
const [rimDepth, coreDepth] = [1, 2.6];
/** Rise of the front, in grid steps for each one, where the photo begins to count less, and where it counts no more. */
const [seenSlope, lostSlope] = [1.2, 3.2];
/** Blur of the colours that stand in for the photo's, as a share of the grid: a side shows no streaks of single pixels. */
const smear = 0.018;
/** Share of trusted points around one that makes their mean colour count fully. */
const leastMean = 0.05;
/** How much of the front's broadest colours shows through on the back, and how broad they are (share of the size). */
const [hintShare, hintWidth] = [0.6, 0.12];

/** Colours over the shape's grid. */
export interface GridColours {
  /** How far the photo is to be believed at each point, 0 … 1: not where the background shines through, nor on steep sides. */
  readonly trust: Field;
  /** The object's own colours, continued over everything the photo is not believed for. Red, green, blue (0 … 255), unused. */
  readonly filled: ColourLevel;
  /** What the back wears: the rim's colours, stretched across like a membrane. The same layout. */
  readonly back: ColourLevel;
}

/** Mixes the colours that the photo itself cannot give. Points beyond the photo (a frame around it) have `frameColour`. */
export function mixGridColours(photo: Photo, shape: Shape, frameColour: readonly number[]): GridColours {
  const { width, height } = shape.mask;
  const trust = findTrust(shape);
  const data = new Float32Array(width * height * 4);
  const colour = new Float64Array(3);
  const perGridX = photo.width / (width - 2 * shape.margin);
  const perGridY = photo.height / (height - 2 * shape.margin);
  for (let at = 0; at < width * height; at++) {
    const weight = f32(trust.data, at);
    if (weight <= 0) continue;
    const x = (at % width) - shape.margin;
    const y = Math.floor(at / width) - shape.margin;
    const isFrame = x < 0 || y < 0 || x >= width - 2 * shape.margin || y >= height - 2 * shape.margin;
    if (isFrame) colour.set(frameColour);
    else readPhoto(photo, (x + 0.5) * perGridX - 0.5, (y + 0.5) * perGridY - 0.5, colour);
    for (let channel = 0; channel < 3; channel++) data[at * 4 + channel] = f64(colour, channel) * weight;
    data[at * 4 + 3] = weight;
  }
  const [filled] = fillOutside(soften({ width, height, data }, smear * Math.max(width, height)));
  if (!filled) throw new RangeError('A shape without any point has no colours.');
  return { trust, filled, back: stretchRim(shape, filled) };
}

/** Every colour the mean of the trusted ones around it, where there are any. */
function soften({ width, height, data }: ColourLevel, sigma: number): ColourLevel {
  const soft = new Float32Array(data.length);
  for (let channel = 0; channel < 4; channel++) {
    const field = newField(width, height);
    for (let at = 0; at < field.data.length; at++) field.data[at] = f32(data, at * 4 + channel);
    const blurred = blur(field, sigma);
    for (let at = 0; at < field.data.length; at++) soft[at * 4 + channel] = f32(blurred.data, at);
  }
  for (let at = 0; at < soft.length; at += 4) {
    const enough = Math.max(leastMean, f32(soft, at + 3));
    for (let channel = 0; channel < 4; channel++) soft[at + channel] = f32(soft, at + channel) / enough;
  }
  return { width, height, data: soft };
}

function findTrust({ mask, front }: Shape): Field {
  const { width, height } = mask;
  const outside = Uint8Array.from(mask.data, (value) => (value > 0.5 ? 0 : 1));
  const depth = distanceTo(outside, width, height);
  const rise = (at: number, other: number): number =>
    Math.abs(Math.sqrt(f32(front.data, other)) - Math.sqrt(f32(front.data, at))) / 2;
  const trust = newField(width, height);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      if (f32(mask.data, at) <= 0.5) continue;
      const slope = Math.hypot(rise(at - 1, at + 1), rise(at - width, at + width));
      trust.data[at] = ramp(f32(depth, at), rimDepth, coreDepth) * (1 - ramp(slope, seenSlope, lostSlope));
    }
  }
  return trust;
}

const ramp = (value: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (value - from) / (to - from)));

/** Each channel a membrane between the rim's colours, with a hint of the front's broadest ones in its middle. */
function stretchRim(shape: Shape, filled: ColourLevel): ColourLevel {
  const { mask } = shape;
  const { width, height } = mask;
  const data = new Float32Array(width * height * 4);
  const sigma = hintWidth * Math.max(width, height);
  const share = hasFrame(shape) ? 0 : hintShare;
  for (let channel = 0; channel < 3; channel++) {
    const front = newField(width, height);
    for (let at = 0; at < front.data.length; at++) front.data[at] = f32(filled.data, at * 4 + channel);
    const membrane = solveMembrane({ mask, rim: front, stiffness: 0, edgeLength: Infinity });
    const broad = blur(front, sigma);
    const hint = newField(width, height);
    for (let at = 0; at < hint.data.length; at++)
      hint.data[at] = (share * (f32(broad.data, at) - f32(membrane.data, at))) / sigma ** 2;
    const inked = solveMembrane({ mask, load: hint, stiffness: 1 / sigma ** 2, edgeLength: Infinity });
    for (let at = 0; at < hint.data.length; at++)
      data[at * 4 + channel] = f32(membrane.data, at) + f32(inked.data, at);
  }
  return { width, height, data };
}
