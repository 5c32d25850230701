/**
 * Found by the rule that is meant, and by no other, so that nothing is found by accident. (A value of the wrong kind may break both
 * schemas.)
 * @param {import('./try-mutants.mjs').Trial} trial
 */
export const isCaught = ({ mutant, found }) =>
  found.includes(mutant.rule) &&
  found.every((rule) => rule === mutant.rule || (mutant.rule === 'schema' && rule === 'types'));
