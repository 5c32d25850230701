const swc = [
  '@swc/jest',
  {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];
/** Packages that are ES modules alone, which jest cannot load as they are. */
const esModules = 'request-filtering-agent';

/**
 * Shared jest settings: swc strips the types, `x.spec.ts` beside the code is a unit test,
 * `test/*.int.spec.ts` runs against real RabbitMQ and Redis (jest.config.cjs at the root starts them).
 */
module.exports = (displayName, rootDir, { integration = false } = {}) => ({
  displayName: integration ? `${displayName}:int` : displayName,
  rootDir,
  testEnvironment: 'node',
  testMatch: integration ? ['<rootDir>/test/**/*.int.spec.ts'] : ['<rootDir>/src/**/*.spec.ts'],
  transform: {
    '^.+\\.[cm]?ts$': swc,
    [`/node_modules/(${esModules})/.+\\.js$`]: swc,
    '^.+\\.lua$': require.resolve('./tools/jest/text-transform.cjs'),
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})/lib/)`],
  testEnvironmentOptions: {
    customExportConditions: ['@image2model/source', 'node', 'node-addons', 'require', 'default'],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
});
