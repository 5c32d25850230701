module.exports = require('../../jest.preset.cjs')('safe-fetch', __dirname);
