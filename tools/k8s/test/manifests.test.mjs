import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { checkManifests, isGood } from '../checks/check-manifests.mjs';
import { findKustomize, versionIn } from '../checks/find-kustomize.mjs';
import { judgeExample, judgeLogins } from '../checks/judge.mjs';
import { loadFacts } from '../checks/load-facts.mjs';
import { renderManifests } from '../checks/render.mjs';
import { chooses, quantityOf } from '../checks/manifests.mjs';
import { isCaught } from '../mutants/is-caught.mjs';
import { report } from '../command/report.mjs';
import { rules } from '../rules/rules.mjs';

const log = () => undefined;

describe('the manifests of k8s/', () => {
  /** @type {import('../checks/check-manifests.mjs').Outcome} */
  let outcome;
  before(async () => {
    outcome = await checkManifests({ log });
  });

  it('render, and pass every rule and both schemas', () => {
    const bad = outcome.rows.filter(({ problems }) => problems.length > 0);
    assert.deepEqual(bad, []);
    assert.ok(outcome.bundles.length >= 20, `${outcome.bundles.length} sets`);
  });

  it('are looked at by rules that find every deliberate mistake, each by the rule that is meant', () => {
    assert.ok(outcome.trials.length >= 30, `${outcome.trials.length} mistakes`);
    const missed = outcome.trials.filter((trial) => !isCaught(trial));
    assert.deepEqual(
      missed.map(({ mutant, found }) => [mutant.mistake, found]),
      [],
    );
  });

  it('have no rule that was never seen to find anything', () => {
    const proven = new Set(outcome.trials.map(({ mutant }) => mutant.rule));
    assert.deepEqual(
      ['schema', 'types', ...rules.map(({ name }) => name)].filter((name) => !proven.has(name)),
      [],
    );
  });

  it('are good only as a whole', () => {
    assert.equal(isGood(outcome), true);
    assert.equal(isGood({ ...outcome, trials: [] }), false);
    const broken = { ...outcome, rows: [{ check: 'render', about: '', problems: ['no such folder'] }] };
    assert.equal(isGood(broken), false);
    assert.match(report(broken, { seconds: 1, mistakes: false }), /✗ render: no such folder/);
  });

  it('that do not render are told', async () => {
    const kustomize = await findKustomize({ log });
    const missing = await renderManifests(kustomize, { name: 'x', components: ['absent'], complete: false });
    assert.ok('problem' in missing && missing.problem.includes('absent'), JSON.stringify(missing));
  });
});

describe('secrets.example.yaml', () => {
  const secret = (/** @type {string} */ name, /** @type {Record<string, string>} */ stringData) =>
    /** @type {const} */ ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData });

  it('is told to have what nobody reads', async () => {
    const facts = await loadFacts();
    const more = [...facts.exampleSecrets, secret('image2model-old', { a: 'b' })];
    const [found] = judgeExample([], { ...facts, exampleSecrets: more }).slice(-1);
    assert.match(String(found?.problem), /nobody reads image2model-old/);
  });

  it('is told to have logins that the bootstrap job does not make', async () => {
    const facts = await loadFacts();
    assert.deepEqual(judgeLogins(facts), []);
    const [gateway] = facts.exampleSecrets;
    const wrong = secret('image2model-gateway', {
      ...gateway?.stringData,
      AMQP_URL: 'amqps://i2m-gateway:other@x/y',
    });
    const [found] = judgeLogins({ ...facts, exampleSecrets: [wrong, ...facts.exampleSecrets.slice(1)] });
    assert.match(String(found?.problem), /AMQP_URL of gateway/);
  });
});

describe('kustomize', () => {
  it('is known by what kubectl and kustomize say of themselves', () => {
    assert.deepEqual(versionIn('Client Version: v1.32.3\nKustomize Version: v5.5.0\n')?.parts, [5, 5]);
    assert.deepEqual(versionIn('v5.4.1\n')?.parts, [5, 4]);
    // Debian 12's kubectl says nothing of the one it holds
    assert.equal(
      versionIn('Client Version: version.Info{Major:"1", Minor:"20", GitVersion:"v1.20.2"}'),
      null,
    );
  });
});

describe('quantities and selectors', () => {
  it('are read as Kubernetes reads them', () => {
    assert.equal(quantityOf('512Mi'), 512 * 2 ** 20);
    assert.equal(quantityOf('200m'), 0.2);
    assert.ok(Number.isNaN(quantityOf(undefined)));
    assert.ok(Number.isNaN(quantityOf('12 apples')));
    assert.equal(chooses({ matchLabels: { a: '1' } }, { a: '1', b: '2' }), true);
    assert.equal(
      chooses({ matchExpressions: [{ key: 'a', operator: 'In', values: ['2'] }] }, { a: '1' }),
      false,
    );
    assert.equal(chooses(undefined, {}), true);
  });
});
