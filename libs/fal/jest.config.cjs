module.exports = require('../../jest.preset.cjs')('fal', __dirname);
