/** Dependencies that a package has for its installation or its types alone. */
const neverLoaded = {
  'onnxruntime-node': ['adm-zip', 'global-agent'],
  '@techstark/opencv-js': ['mirada'],
};

/** Folders of a package that nothing loads: build recipes and native sources. */
const unusedFolders = { sharp: ['install', 'src'], 'onnxruntime-node': ['script'] };

/** Type declarations, sources and texts; licences stay. */
const unusedFile = /\.(d\.[cm]?ts|[cm]?ts|map|markdown|md|cc|h|gyp|gypi)$/i;
const licence = /^(licen[cs]e|notice|copying|third[-_ ]?party)/i;

/** Whether an image may do without this dependency. @param {string} name @param {string} dependency */
export const isNeverLoaded = (name, dependency) =>
  /** @type {Record<string, string[]>} */ (neverLoaded)[name]?.includes(dependency) ?? false;

/**
 * onnxruntime-node carries the binaries of every platform: bin/napi-v6/<platform>/<arch>.
 * @param {string[]} parts @param {{ platform: string, arch: string }} machine
 */
const isForeignBinary = ([folder, , platform, arch], machine) =>
  folder === 'bin' &&
  ((platform !== undefined && platform !== machine.platform) ||
    (arch !== undefined && arch !== machine.arch));

/**
 * Whether a file or folder of a package stays out of the image.
 * @param {string} name of the package
 * @param {string} path inside of the package
 * @param {{ platform: string, arch: string }} [machine] of the image
 */
export function isLeftOut(name, path, machine = process) {
  const parts = path.split('/');
  const folders = /** @type {Record<string, string[]>} */ (unusedFolders)[name] ?? [];
  if (parts[0] === 'node_modules' || folders.includes(parts[0] ?? '')) return true;
  if (name === 'onnxruntime-node' && isForeignBinary(parts, machine)) return true;
  const file = parts.at(-1) ?? '';
  return unusedFile.test(file) && !licence.test(file);
}
