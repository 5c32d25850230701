import { imageTypes, isImageType } from '@image2model/contracts';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { hasImageEnd } from './has-image-end.js';
import { imageMagic } from './image-magic.js';
import type { ImageFacts } from './judge-image.js';
import { sniffText } from './sniff-text.js';

/** The beginning of an image, and how to get all of it where the header does not end there. */
export interface ImageBytes {
  head: Buffer;
  whole(): Promise<Buffer>;
}

/** Only the decoders of the allowed formats can be reached, and nothing is kept between images. */
export function restrictSharp(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
}

/** Looks at the first bytes and the header; decodes no pixel. */
export async function inspectImage({ head, whole }: ImageBytes): Promise<ImageFacts> {
  const facts = await typeOf(head);
  if (facts.type === 'image/apng') return { ...facts, animated: true, header: null, cutShort: false };
  if (facts.type === null || !isImageType(facts.type))
    return { ...facts, animated: false, header: null, cutShort: false };
  const known = await headerOf(head);
  if (known !== null) return { ...facts, animated: false, header: known, cutShort: false };
  const bytes = await whole();
  const header = await headerOf(bytes);
  return { ...facts, animated: false, header, cutShort: header === null && !hasImageEnd(facts.type, bytes) };
}

async function headerOf(bytes: Buffer): Promise<ImageFacts['header']> {
  try {
    const {
      format,
      width,
      height,
      pages = 1,
    } = await sharp(bytes, { failOn: 'none', limitInputPixels: false }).metadata();
    return { format, width, height, pages };
  } catch {
    return null; // the header is damaged, or does not end within these bytes
  }
}

/** file-type knows everything else by name; it gives up on a PNG whose long first chunks go beyond the head. */
async function typeOf(head: Buffer): Promise<Pick<ImageFacts, 'type' | 'typeName'>> {
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  if (found !== undefined) return { type: found.mime, typeName: found.ext.toUpperCase() };
  const magic = imageMagic(head);
  if (magic !== null) return { type: magic, typeName: imageTypes[magic] };
  return sniffText(head) ?? { type: null, typeName: null };
}
