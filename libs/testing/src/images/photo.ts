import sharp from 'sharp';
import { random } from '../random.js';

export interface PhotoOptions {
  width?: number;
  height?: number;
  format?: 'jpeg' | 'png' | 'webp';
  /** Another seed, another photo; the same seed gives the same bytes. */
  seed?: number;
}

/** Something like a product photo: a lit, textured object on a bright backdrop with a little noise. */
export async function photo({
  width = 320,
  height = 240,
  format = 'jpeg',
  seed = 1,
}: PhotoOptions = {}): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 3);
  const noise = random(seed);
  const [r, g, b] = [80 + 150 * noise(), 60 + 150 * noise(), 60 + 150 * noise()];
  const radius = 0.3 + 0.1 * noise();
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 3) {
      const u = (x - width / 2) / Math.min(width, height);
      const v = (y - height / 2) / Math.min(width, height);
      const distance = Math.hypot(u * 1.2, v) / radius;
      const grain = (noise() - 0.5) * 8;
      const backdrop = 235 - (30 * y) / height;
      const light = 1.1 - 0.6 * distance + 0.15 * Math.sin(u * 40) * Math.cos(v * 30) - 0.4 * u;
      const inside = distance < 1;
      pixels[at] = clamp((inside ? r * light : backdrop) + grain);
      pixels[at + 1] = clamp((inside ? g * light : backdrop) + grain);
      pixels[at + 2] = clamp((inside ? b * light : backdrop) + grain);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}

const clamp = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));
