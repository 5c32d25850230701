module.exports = require('../../jest.preset.cjs')('embedded', __dirname);
