import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root } from '../../dev/processes/paths.mjs';
import { run } from '../../dev/processes/run.mjs';

/** @import { Manifest } from './kinds.mjs' */
/** @import { Render } from './renders.mjs' */
/** @import { Kustomize } from './find-kustomize.mjs' */

export const k8sDir = join(root, 'k8s');

/** @typedef {{ name: string, complete: boolean, objects: Manifest[] }} Bundle what was rendered, as objects */

export const readComponents = () => readdirSync(join(k8sDir, 'components')).sort();

/** @param {Render} render */
const kustomization = ({ components = [], outside = false }) => ({
  apiVersion: 'kustomize.config.k8s.io/v1beta1',
  kind: 'Kustomization',
  namespace: 'image2model',
  resources: ['../../k8s/base', ...(outside ? ['../../k8s/overlays/production/brokers-outside.yaml'] : [])],
  components: components.map((name) => `../../k8s/components/${name}`),
});

/** kustomize folds long base64 into lines, which Kubernetes reads and a schema does not. @param {Manifest} object */
function unfolded(object) {
  if (object.kind === 'Secret' && object.data !== undefined)
    for (const [key, value] of Object.entries(object.data)) object.data[key] = value.replaceAll('\n', '');
  return object;
}

/**
 * Documents of a YAML text.
 * @param {string} text @param {string} what for the message @returns {Manifest[]}
 */
export function parseManifests(text, what) {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors ?? [];
    if (error !== undefined) throw new Error(`${what}: ${error.message}`);
    const object = /** @type {Manifest | null} */ (document.toJS());
    return object === null ? [] : [unfolded(object)];
  });
}

/**
 * Renders one set as `kubectl apply -k` would; combinations by a kustomization that lives as long as the call.
 * @param {Kustomize} kustomize @param {Render} render @param {AbortSignal} [signal]
 * @returns {Promise<Bundle | { name: string, problem: string }>}
 */
export async function renderManifests(kustomize, render, signal) {
  const { name, overlay, complete } = render;
  mkdirSync(join(root, 'out'), { recursive: true });
  const own = overlay === undefined ? mkdtempSync(join(root, 'out/k8s-')) : null;
  try {
    if (own !== null) writeFileSync(join(own, 'kustomization.yaml'), JSON.stringify(kustomization(render)));
    // one file of the production overlay is read by itself, which kustomize refuses unless it is told
    const free = own === null ? [] : ['--load-restrictor', 'LoadRestrictionsNone'];
    const dir = own ?? join(k8sDir, 'overlays', String(overlay));
    const { code, output } = await run(kustomize.command, [...kustomize.args, ...free, dir], { signal });
    if (code !== 0) return { name, problem: output.trim() };
    return { name, complete, objects: parseManifests(output, name) };
  } finally {
    if (own !== null) rmSync(own, { recursive: true, force: true });
  }
}
