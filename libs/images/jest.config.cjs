const base = require('../../jest.preset.cjs')('images', __dirname);

/** file-type and what it is made of are ES modules alone: swc translates them as well. */
const modules = ['file-type', 'strtok3', 'token-types', 'uint8array-extras', '@tokenizer', '@borewit'];

module.exports = {
  ...base,
  transform: { ...base.transform, '/node_modules/.+\\.js$': base.transform['^.+\\.[cm]?ts$'] },
  transformIgnorePatterns: [`/node_modules/(?!(${modules.join('|')})/)`],
  testEnvironmentOptions: {
    customExportConditions: [...base.testEnvironmentOptions.customExportConditions, 'module-sync'],
  },
};
