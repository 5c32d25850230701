module.exports = require('../../jest.preset.cjs')('progress', __dirname);
