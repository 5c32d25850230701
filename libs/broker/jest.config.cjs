module.exports = require('../../jest.preset.cjs')('broker', __dirname);
