import { validateBytes } from 'gltf-validator';
import { ModelRefused } from '../model-refused.js';

const mostIssues = 1_000;
const mostNamed = 3;

/**
 * The Khronos validator finds no error; warnings and hints pass.
 * @throws ModelRefused
 */
export async function judgeValidity(glb: Uint8Array): Promise<void> {
  const { issues } = await validateBytes(glb, {
    format: 'glb',
    maxIssues: mostIssues,
    writeTimestamp: false,
  });
  if (issues.numErrors === 0) return;
  const named = issues.messages
    .filter(({ severity }) => severity === 0)
    .slice(0, mostNamed)
    .map(({ code, pointer }) => (pointer === undefined ? code : `${code} at ${pointer.slice(0, 100)}`));
  throw new ModelRefused(
    'quality.invalid',
    `The glTF validator found ${issues.numErrors} errors: ${named.join(', ')}.`,
  );
}
