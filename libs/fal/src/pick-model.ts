import { Failure } from '@image2model/contracts';
import { z } from 'zod';
import type { FalEndpoint } from './endpoints/fal-endpoint.js';
import { errorOf, reasonText } from './fal-error-body.js';

const fileSchema = z.object({
  url: z.string().min(1).max(4_096),
  content_type: z.string().nullish(),
  file_name: z.string().nullish(),
  file_size: z.number().nonnegative().nullish(),
});
type FalFile = z.output<typeof fileSchema>;

/** Endings of models in other formats; what has none of them is looked at when it is there. */
const otherFormat = /\.(zip|fbx|obj|ply|stl|usdz|usd|gltf|3mf|blend|glb\.zip)$/i;
const otherType = /zip|fbx|obj|ply|stl|usd/i;

/**
 * The model in an endpoint's output: the best of its fields that is a GLB as far as its name tells.
 * @throws Failure `quality.no_model` without any, `quality.format` when there are other formats only
 */
export function pickModel(endpoint: FalEndpoint, result: unknown): { url: string; bytes: number | null } {
  const files = endpoint.outputs.flatMap((path) => fileAt(result, path));
  const model = files.find(isGlb);
  if (model !== undefined) return { url: model.url, bytes: model.file_size ?? null };
  if (files.length > 0)
    throw new Failure('quality', 'The provider gave no GLB but a file of another format.', {
      code: 'quality.format',
    });
  const reason = reasonText(errorOf(result));
  throw new Failure('quality', `The provider gave no model${reason === '' ? '.' : `: ${reason}`}`, {
    code: 'quality.no_model',
  });
}

function fileAt(result: unknown, path: string): FalFile[] {
  let value: unknown = result;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
    value = Reflect.get(value, step);
  }
  const file = fileSchema.safeParse(value);
  return file.success && URL.canParse(file.data.url) ? [file.data] : [];
}

function isGlb({ url, content_type, file_name }: FalFile): boolean {
  const { pathname } = new URL(url);
  if (pathname.toLowerCase().endsWith('.glb')) return true;
  if (otherFormat.test(pathname) || otherFormat.test(file_name ?? '')) return false;
  return !otherType.test(content_type ?? '');
}
