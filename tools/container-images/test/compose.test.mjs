import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { parse } from 'yaml';
import { root } from '../../dev/processes/paths.mjs';
import { newApiKey } from '../../dev/services/api-key.mjs';
import { serviceNames } from '../../dev/services/service-names.mjs';
import { productVersion } from '../build/build-image.mjs';
import { composeProblems } from '../checks/compose-problems.mjs';

const ours = { version: productVersion(), services: serviceNames };
const read = () => parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true });
/** @returns {Record<string, string>} */
const example = () =>
  Object.fromEntries(
    readFileSync(join(root, 'compose.env.example'), 'utf8')
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
/** Variables that others than our services read. */
const foreign = /^(AWS|MINIO)_/;
/** What the images bring. */
const fromImage = {
  NODE_ENV: 'production',
  ADMIN_HOST: '0.0.0.0',
  ADMIN_PORT: '9090',
  HOST: '0.0.0.0',
  PORT: '8080',
};

/** @type {any} */
let sources;
before(async () => {
  const file = new URL('../../docs/lib/load-sources.mjs', import.meta.url).href;
  sources = await (await import(file)).loadSources(root);
});

test('compose.yaml keeps the rules', () => {
  assert.deepEqual(composeProblems(read(), ours), []);
});

test('every variable exists, and every service accepts its environment once the keys are filled in', () => {
  const filled = {
    ...example(),
    I2M_API_KEYS: newApiKey(),
    I2M_WEBHOOK_SECRET: 'x'.repeat(64),
    FAL_KEY: 'id:key',
  };
  const known = new Set(serviceNames.flatMap((name) => Object.keys(sources.configs[name].shape)));
  for (const name of Object.keys(filled).filter((variable) => !foreign.test(variable)))
    assert.ok(known.has(name), name);
  for (const service of serviceNames) {
    const { environment } = read().services[service];
    for (const name of Object.keys(environment)) assert.ok(name in sources.configs[service].shape, name);
    const parsed = sources.configs[service].safeParse({ ...fromImage, ...environment, ...filled });
    assert.equal(
      parsed.success,
      true,
      `${service}: ${parsed.success ? '' : sources.z.prettifyError(parsed.error)}`,
    );
  }
});

test('the example holds no key that opens anything, and the same storage credentials twice', () => {
  const { I2M_API_KEYS, I2M_WEBHOOK_SECRET, FAL_KEY, ...storage } = example();
  assert.deepEqual(
    { I2M_API_KEYS, I2M_WEBHOOK_SECRET, FAL_KEY },
    { I2M_API_KEYS: '', I2M_WEBHOOK_SECRET: '', FAL_KEY: '' },
  );
  assert.equal(storage['AWS_ACCESS_KEY_ID'], storage['MINIO_ROOT_USER']);
  assert.equal(storage['AWS_SECRET_ACCESS_KEY'], storage['MINIO_ROOT_PASSWORD']);
});

test('an unfilled key is refused with the name of its variable', () => {
  const parsed = sources.configs['gateway'].safeParse({ ...fromImage, I2M_API_KEYS: 'i2m_short' });
  assert.match(sources.z.prettifyError(parsed.error), /I2M_API_KEYS/);
});

test('the filled-in file stays out of git, and files that are mounted exist', () => {
  assert.match(readFileSync(join(root, '.gitignore'), 'utf8'), /^compose\.env$/m);
  const services = /** @type {{ volumes?: string[] }[]} */ (Object.values(read().services));
  const sourcesOf = services.flatMap(({ volumes = [] }) =>
    volumes.map((volume) => volume.split(':')[0] ?? ''),
  );
  const mounted = sourcesOf.filter((source) => source.startsWith('./'));
  assert.ok(mounted.length >= 4);
  for (const file of mounted) assert.ok(existsSync(join(root, file)), file);
});

test('Prometheus looks for exactly our services, and Grafana starts with a dashboard that exists', () => {
  const { scrape_configs: jobs } = parse(
    readFileSync(join(root, 'observability/compose/prometheus.yml'), 'utf8'),
  );
  assert.deepEqual(jobs[0].dns_sd_configs[0].names, serviceNames);
  const home = read().services.grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH;
  assert.ok(existsSync(join(root, 'observability/grafana', home.split('/').at(-1))));
});

/** @type {[string, RegExp, (compose: any) => void][]} */
const mistakes = [
  ['a port open to others', /8080:8080 is open/, ({ services }) => (services.gateway.ports = ['8080:8080'])],
  [
    'a floating image',
    /redis:latest is not pinned/,
    ({ services }) => (services.redis.image = 'redis:latest'),
  ],
  ['no version', /grafana is not pinned/, ({ services }) => (services.grafana.image = 'grafana/grafana')],
  ['a misspelt key', /heathcheck/, ({ services }) => (services.gateway.heathcheck = {})],
  ['a writable root', /read_only/, ({ services }) => (services['model-worker'].read_only = false)],
  [
    'the wrong target',
    /target gateway/,
    ({ services }) => (services['alert-service'].build.target = 'gateway'),
  ],
  [
    'an old version',
    /expected image2model\/gateway/,
    ({ services }) => (services.gateway.image = 'image2model/gateway:0.0.9'),
  ],
  ['a server behind a profile', /npm start needs it/, ({ services }) => (services.redis.profiles = ['all'])],
  [
    'a service that always starts',
    /belongs to profile all/,
    ({ services }) => delete services.grafana.profiles,
  ],
  [
    'one port twice',
    /9090 is taken twice/,
    ({ services }) => (services.grafana.ports = ['127.0.0.1:9090:3000']),
  ],
  ['an undeclared volume', /volume minio/, ({ volumes }) => delete volumes.minio],
  ['a missing server', /waits for minio/, ({ services }) => delete services.minio],
  ['a missing service', /alert-service is missing/, ({ services }) => delete services['alert-service']],
];
for (const [name, expected, change] of mistakes)
  test(`caught: ${name}`, () => {
    const compose = read();
    change(compose);
    assert.match(composeProblems(compose, ours).join('\n'), expected);
  });
