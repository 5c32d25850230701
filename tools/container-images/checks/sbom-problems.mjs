import { z } from 'zod';

const componentSchema = z.object({
  type: z.enum(['application', 'library']),
  'bom-ref': z.string().min(1),
  name: z.string().min(1),
  version: z.string().min(1),
  purl: z.string().regex(/^pkg:[a-z]+\/.+@.+/),
  hashes: z
    .array(z.object({ alg: z.literal('SHA-512'), content: z.string().regex(/^[0-9a-f]{128}$/) }))
    .optional(),
  properties: z.tuple([
    z.object({ name: z.literal('image2model:place'), value: z.enum(['bundle', 'node_modules', 'system']) }),
  ]),
});
const sbomSchema = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.5'),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
  version: z.literal(1),
  metadata: z.object({ component: z.object({ name: z.string(), 'bom-ref': z.string() }) }),
  components: z.array(componentSchema),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});
/** @typedef {z.output<typeof componentSchema>} Component */

/** @typedef {{ bundled: string[], installed: string[], system: string[] }} Present names with versions where they are known, as read from the image itself */

/** @param {string} what @param {string[]} listed @param {string[]} there */
const compare = (what, listed, there) => [
  ...there
    .filter((name) => !listed.includes(name))
    .map((name) => `${name} is in the ${what}, but not in the SBOM`),
  ...listed
    .filter((name) => !there.includes(name))
    .map((name) => `the SBOM lists ${name}, which is not in the ${what}`),
];

/** @param {string[]} names */
const unique = (names) => [...new Set(names)].sort();

/**
 * Whether an image's list of contents is CycloneDX and true.
 * @param {string} text of /app/sbom.cdx.json
 * @param {Present} present
 * @returns {string[]}
 */
export function sbomProblems(text, present) {
  const parsed = sbomSchema.safeParse(parse(text));
  if (!parsed.success) return [`the SBOM is not as it should be: ${z.prettifyError(parsed.error)}`];
  const { components, dependencies, metadata } = parsed.data;
  const refs = components.map((component) => component['bom-ref']);
  const known = new Set([...refs, metadata.component['bom-ref']]);
  const at = (/** @type {string} */ place) =>
    components.filter(({ properties }) => properties[0].value === place);
  const withVersion = (/** @type {Component} */ { name, version }) => `${name}@${version}`;
  return [
    ...(new Set(refs).size === refs.length ? [] : ['the SBOM has two components of one reference']),
    ...dependencies
      .flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])
      .filter((ref) => !known.has(ref))
      .map((ref) => `the SBOM refers to ${ref}, which it does not list`),
    ...compare('bundles', unique(at('bundle').map(({ name }) => name)), unique(present.bundled)),
    ...compare('node_modules', unique(at('node_modules').map(withVersion)), unique(present.installed)),
    ...compare('system', unique(at('system').map(withVersion)), unique(present.system)),
    ...at('bundle')
      .concat(at('node_modules'))
      .filter(({ hashes }) => hashes === undefined)
      .map(({ name }) => `the SBOM has no hash of ${name}`),
  ];
}

/** @param {string} text @returns {unknown} */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
