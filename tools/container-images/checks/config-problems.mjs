import { nodeFlags } from '../../dev/services/node-flags.mjs';
import { imageUser } from './image-goals.mjs';

const label = (/** @type {string} */ name) => `org.opencontainers.image.${name}`;
const labels = ['title', 'description', 'version', 'revision', 'source', 'licenses'].map(label);

/** Names of variables that would hold something secret. */
const secretName = /(^|[\s",])[A-Z0-9_]*(KEY|KEYS|SECRET|PASSWORD|TOKEN|CREDENTIALS?)[A-Z0-9_]*=/;
/** User and password inside of a URL; npm's way to say who one is. */
const secretValue = /:\/\/[^\s/:@]+:[^\s/@]+@|_auth(Token)?\s*=|-----BEGIN/;

/** @param {string} text */
const tellsSecret = (text) => secretName.test(text) || secretValue.test(text);

/** @param {string} what @param {unknown} found @param {unknown} wanted */
const differs = (what, found, wanted) =>
  JSON.stringify(found) === JSON.stringify(wanted)
    ? []
    : [`${what} is ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`];

/**
 * What is wrong with an image's own description; nothing when all is well.
 * @param {string} service
 * @param {import('../build/buildah.mjs').ImageFacts} facts
 * @param {{ version: string, unwanted: string[] }} expected unwanted: texts of this machine that no image may show
 */
export function configProblems(service, { config, history }, { version, unwanted }) {
  const given = config.Labels ?? {};
  const texts = [...(config.Env ?? []), ...Object.values(given), ...history];
  return [
    ...differs('the user', config.User, `${imageUser}:${imageUser}`),
    ...differs('the stop signal', config.StopSignal, 'SIGTERM'),
    ...differs('the folder', config.WorkingDir, '/app'),
    ...differs('the command', config.Cmd, ['node', ...(nodeFlags[service] ?? []), 'main.js']),
    ...differs('the entry point', config.Entrypoint ?? [], []),
    ...differs('the version', given[label('version')], version),
    ...labels.filter((name) => !given[name]).map((name) => `label ${name} is missing`),
    ...texts.filter(tellsSecret).map((text) => `there is a secret in "${text.slice(0, 40)}…"`),
    ...unwanted
      .filter((word) => texts.some((text) => text.includes(word)))
      .map((word) => `"${word}" of the machine that built it is in its environment, labels or history`),
  ];
}
