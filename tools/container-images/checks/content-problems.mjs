import { imageUser } from './image-goals.mjs';

/** Programs that only a build, or an intruder, needs. The only program of an image is node. */
const allowedPrograms = ['/usr/local/bin/node'];
const programFolder = /^\/(usr\/)?(local\/)?s?bin\/[^/]+$/;

/** @type {[RegExp, string][]} */
const forbidden = [
  [/\/node_modules\/(npm|corepack|yarn|pnpm)(\/|$)/, 'a package manager'],
  [/\.[cm]?tsx?$/, 'a source file'],
  [/\.map$/, 'a source map'],
  [/\.(spec|test)\.[cm]?js$|\/(__tests__|fixtures)\//, 'a test'],
  [
    /\/\.npmrc$|\/\.env[^/]*$|\/\.netrc$|\/\.ssh(\/|$)|\.(pem|key|p12|pfx)$|\/id_(rsa|ed25519)$/,
    'a place of secrets',
  ],
  [/\/\.(git|nx|run)(\/|$)/, 'a folder of the checkout'],
  [/\.(a|o|h|gyp)$/, 'something that only a compiler reads'],
];

/** Where the service may write; both are mounted over in production. */
const writable = ['/tmp', '/var/lib/image2model'];

/** @param {import('./list-files.mjs').Entry} entry */
function writableBy({ mode, uid, kind }) {
  if (kind === 'link') return false;
  return (mode & 0o002) !== 0 || (uid === imageUser && (mode & 0o200) !== 0);
}

/**
 * What should not be in an image, and what should be.
 * @param {import('./list-files.mjs').Entry[]} entries
 * @param {{ devDependencies: string[], files: string[] }} expected files: below /app
 */
export function contentProblems(entries, { devDependencies, files }) {
  const paths = new Set(entries.map(({ path }) => path));
  const found = (/** @type {RegExp} */ pattern, /** @type {string} */ what) =>
    entries.filter(({ path }) => pattern.test(path)).map(({ path }) => `${path} is ${what}`);
  return [
    ...entries
      .filter(({ path }) => programFolder.test(path) && !allowedPrograms.includes(path))
      .map(({ path }) => `${path} is a program that no service needs`),
    ...forbidden.flatMap(([pattern, what]) => found(pattern, what)),
    ...entries
      .filter(({ mode, kind }) => kind === 'file' && (mode & 0o6000) !== 0)
      .map(({ path }) => `${path} runs with its owner's rights`),
    ...entries
      .filter((entry) => writableBy(entry) && !writable.includes(entry.path))
      .map(({ path }) => `${path} can be written by the service`),
    ...devDependencies
      .filter((name) => paths.has(`/app/node_modules/${name}`))
      .map((name) => `${name} is a development dependency`),
    ...files.filter((file) => !paths.has(`/app/${file}`)).map((file) => `/app/${file} is missing`),
  ];
}

/**
 * Packages that only developers need: in package-lock.json all ways to them begin at a devDependency.
 * @param {Record<string, { dev?: boolean }>} locked `packages` of package-lock.json
 */
export const developmentPackages = (locked) =>
  Object.entries(locked).flatMap(([path, { dev }]) => {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    return dev === true && name !== undefined ? [name] : [];
  });
