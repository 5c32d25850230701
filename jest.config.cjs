const { existsSync, readdirSync } = require('node:fs');
const { basename, join } = require('node:path');
const preset = require('./jest.preset.cjs');

/**
 * The whole suite in one run with one summary: `npx jest`. Specs against real servers (`test/*.int.spec.ts`) share the
 * RabbitMQ and Redis that the global set-up starts, each in a vhost and a database number of its own. Unit specs alone need no
 * servers: `npx nx test <project>` or `npx jest --selectProjects <project>`.
 */
const projectDirs = ['libs', 'apps'].flatMap((group) =>
  readdirSync(join(__dirname, group))
    .map((name) => join(__dirname, group, name))
    .filter((dir) => existsSync(join(dir, 'jest.config.cjs'))),
);
const integration = (dir) => ({
  ...preset(basename(dir), dir, { integration: true }),
  globalSetup: join(__dirname, 'tools/dev/jest-global-setup.mjs'),
  globalTeardown: join(__dirname, 'tools/dev/jest-global-teardown.mjs'),
});

module.exports = {
  maxWorkers: 2,
  // A worker that grew starts anew: every spec leaves its AsyncLocalStorages behind, and each makes every promise slower.
  workerIdleMemoryLimit: '500MB',
  // jest looks for it here only, not in a project; longer than the limits inside the tests, which say what they waited for
  testTimeout: 300_000,
  projects: [
    ...projectDirs.flatMap((dir) => [
      require(join(dir, 'jest.config.cjs')),
      ...(existsSync(join(dir, 'test')) ? [integration(dir)] : []),
    ]),
    // a small search for holes in the coordination core; `npm run test:model` is the large one
    require('./tools/model-tests/jest.config.cjs'),
    integration(join(__dirname, 'tools/model-tests')),
    require('./tools/cli/jest.config.cjs'),
    require('./tools/bootstrap/jest.config.cjs'),
    // each spec starts the whole system: one at a time, and beside no other spec
    ...['tools/cli', 'tools/system-tests'].map((dir) => ({
      ...integration(join(__dirname, dir)),
      runner: join(__dirname, 'libs/testing/jest/serial-runner.cjs'),
    })),
  ],
};
