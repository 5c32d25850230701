const preset = require('../../jest.preset.cjs')('models', __dirname);
const [[, swc]] = Object.entries(preset.transform);
/** Packages that are ES modules alone, which jest cannot load as they are. */
const esModules = 'meshoptimizer|property-graph|ktx-parse';

module.exports = {
  ...preset,
  transform: { ...preset.transform, [`/node_modules/(${esModules})/.+\\.m?js$`]: swc },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})/)`],
};
