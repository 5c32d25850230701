module.exports = require('../../jest.preset.cjs')('bootstrap', __dirname);
