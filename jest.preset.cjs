const swc = [
  '@swc/jest',
  {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];
/** Folders of packages that jest cannot load as they are: ES modules alone, or `import()` in the middle of CommonJS. */
const esModules = 'request-filtering-agent/lib|@opentelemetry/otlp-exporter-base/build/src';

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
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})/)`],
  testEnvironmentOptions: {
    customExportConditions: ['@image2model/source', 'node', 'node-addons', 'require', 'default'],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
});
