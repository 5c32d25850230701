module.exports = require('../../jest.preset.cjs')('maintenance-worker', __dirname);
