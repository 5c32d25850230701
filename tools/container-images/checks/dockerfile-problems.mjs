import { imageUser } from './image-goals.mjs';

/** @typedef {{ word: string, rest: string }} Instruction */
/** @typedef {{ name: string, from: string, instructions: Instruction[] }} Stage */

/**
 * The stages of a Dockerfile that names them all, each with its instructions.
 * @param {string} text
 * @returns {Stage[]}
 */
export function parseDockerfile(text) {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  /** @type {Stage[]} */
  const stages = [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (word === 'FROM') {
      const [from = '', , name = ''] = rest.split(/\s+/);
      stages.push({ name, from, instructions: [] });
    } else if (word !== '') stages.at(-1)?.instructions.push({ word, rest });
  }
  return stages;
}

/** A stage's own instructions after those of the stages it begins with. @param {Stage[]} stages @param {string} name @returns {Stage[]} */
function line(stages, name) {
  const stage = stages.find((one) => one.name === name);
  return stage === undefined ? [] : [...line(stages, stage.from), stage];
}

/** @param {Stage[]} stages @returns {string[]} */
const baseProblems = (stages) =>
  stages
    .filter(({ from }) => from !== 'scratch' && !stages.some(({ name }) => name === from))
    .filter(({ from }) => !/:\d[\w.-]*$/.test(from))
    .map(({ from }) => `FROM ${from} is not pinned to a version`);

/** @param {Instruction} instruction @returns {string[]} */
function instructionProblems({ word, rest }) {
  if (word === 'ADD') return [`ADD ${rest}: COPY does no more than it says`];
  if (/\bnpm (install|i|add)\b/.test(rest)) return [`${rest}: npm ci keeps to the lock`];
  if (/\bnpm ci\b/.test(rest) && !rest.includes('--ignore-scripts'))
    return ['npm ci without --ignore-scripts runs what packages bring'];
  if (/^(ARG|ENV)$/.test(word) && /(TOKEN|SECRET|PASSWORD|_KEY)\b/.test(rest))
    return [`${word} ${rest}: a secret stays in the image; use RUN --mount=type=secret`];
  if (/^(CMD|ENTRYPOINT)$/.test(word) && !rest.startsWith('['))
    return [`${word} ${rest}: a shell would get the signals; write it as a list`];
  return [];
}

/** @param {Stage[]} stages @param {string} service @returns {string[]} */
function targetProblems(stages, service) {
  const all = line(stages, service);
  if (all.length === 0) return [`${service}: there is no stage of this name`];
  const last = (/** @type {string} */ word) =>
    all.flatMap(({ instructions }) => instructions).findLast((one) => one.word === word)?.rest;
  const expected = { USER: `${imageUser}:${imageUser}`, STOPSIGNAL: 'SIGTERM', WORKDIR: '/app' };
  return [
    ...Object.entries(expected)
      .filter(([word, rest]) => last(word) !== rest)
      .map(([word, rest]) => `${service}: ${word} is ${last(word)}, expected ${rest}`),
    ...(all[0]?.from === 'scratch'
      ? []
      : [`${service}: it begins with ${all[0]?.name}, so the build is in the image`]),
  ];
}

/**
 * Which rules of an image a Dockerfile breaks; nothing when all is well.
 * @param {string} text @param {string[]} services names of its targets
 */
export function dockerfileProblems(text, services) {
  const stages = parseDockerfile(text);
  return [
    ...baseProblems(stages),
    ...stages.flatMap(({ instructions }) => instructions.flatMap(instructionProblems)),
    ...services.flatMap((service) => targetProblems(stages, service)),
  ];
}
