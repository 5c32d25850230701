import { readComponents, renderManifests } from './render.mjs';
import { rendersOf } from './renders.mjs';

/** @import { Bundle } from './render.mjs' */

const atOnce = 2;

/**
 * Renders everything that there is to render, two at a time.
 * @param {import('./find-kustomize.mjs').Kustomize} kustomize
 * @param {{ signal?: AbortSignal, onDone?: (done: number, of: number) => void }} [options]
 * @returns {Promise<{ bundles: Bundle[], problems: string[] }>}
 */
export async function renderAll(kustomize, { signal, onDone } = {}) {
  const renders = rendersOf(readComponents());
  /** @type {(Awaited<ReturnType<typeof renderManifests>>)[]} */
  const results = [];
  let next = 0;
  let done = 0;
  const work = async () => {
    for (let at = next++; at < renders.length; at = next++) {
      const render = renders[at];
      if (render === undefined) return;
      results[at] = await renderManifests(kustomize, render, signal);
      onDone?.(++done, renders.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return {
    bundles: results.flatMap((result) => ('objects' in result ? [result] : [])),
    problems: results.flatMap((result) => ('problem' in result ? [`${result.name}: ${result.problem}`] : [])),
  };
}
