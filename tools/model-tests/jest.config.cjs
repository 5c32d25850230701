module.exports = require('../../jest.preset.cjs')('model-tests', __dirname);
