import { createHash } from 'node:crypto';

/**
 * @typedef {{ folder: string, name: string, version: string, license: string | null, integrity: string | null,
 *   place: 'bundle' | 'node_modules', needs: string[] }} Part one npm package in an image; `needs` are folders of others
 * @typedef {{ name: string, version: string, arch: string }} DebianPackage
 * @typedef {{ service: string, version: string, nodeVersion: string, parts: Part[], debian: DebianPackage[], debianVersion: string }} Contents
 */

/** @param {string} name @param {string} version */
const npmPurl = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** What npm calls integrity (sha512-<base64>), as CycloneDX writes it. @param {string | null} integrity */
const hashesOf = (integrity) => {
  const [, base64] = /^sha512-(.+)$/.exec(integrity ?? '') ?? [];
  return base64 === undefined
    ? {}
    : { hashes: [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }] };
};

/** @param {string | null} license an SPDX id or expression, as package.json has it */
const licensesOf = (license) => {
  if (license === null) return {};
  return { licenses: [/^[\w.+-]+$/.test(license) ? { license: { id: license } } : { expression: license }] };
};

/** @param {Part} part */
const refOf = ({ name, version, folder }) => `${npmPurl(name, version)}#${folder}`;

/** @param {Part} part */
const npmComponent = (part) => ({
  type: 'library',
  'bom-ref': refOf(part),
  name: part.name,
  version: part.version,
  scope: 'required',
  purl: npmPurl(part.name, part.version),
  ...hashesOf(part.integrity),
  ...licensesOf(part.license),
  properties: [{ name: 'image2model:place', value: part.place }],
});

/** @param {string} debianVersion @returns {(one: DebianPackage) => object} */
const debianComponent =
  (debianVersion) =>
  ({ name, version, arch }) => ({
    type: 'library',
    'bom-ref': `deb:${name}`,
    name,
    version,
    purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${arch}&distro=debian-${debianVersion}`,
    properties: [{ name: 'image2model:place', value: 'system' }],
  });

/** The same contents give the same serial number, so that an image can be built twice alike. @param {unknown} value */
function serialNumber(value) {
  const hex = createHash('sha256').update(JSON.stringify(value)).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}

/**
 * The CycloneDX bill of materials of an image: Node, Debian's libraries, and every npm package whose code is in it.
 * @param {Contents} contents
 */
export function makeSbom({ service, version, nodeVersion, parts, debian, debianVersion }) {
  const root = `image2model/${service}@${version}`;
  const node = {
    type: 'application',
    'bom-ref': 'node',
    name: 'node',
    version: nodeVersion,
    purl: `pkg:generic/node@${nodeVersion}`,
    properties: [{ name: 'image2model:place', value: 'system' }],
  };
  const components = [node, ...debian.map(debianComponent(debianVersion)), ...parts.map(npmComponent)];
  const refs = new Map(parts.map((part) => [part.folder, refOf(part)]));
  const dependencies = parts.map((part) => ({
    ref: refOf(part),
    dependsOn: part.needs.flatMap((folder) => refs.get(folder) ?? []),
  }));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: serialNumber([root, components]),
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': root, name: `image2model/${service}`, version },
    },
    components,
    dependencies: [{ ref: root, dependsOn: ['node', ...refs.values()] }, ...dependencies],
  };
}
