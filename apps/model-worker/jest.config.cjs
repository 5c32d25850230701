module.exports = require('../../jest.preset.cjs')('model-worker', __dirname);
