module.exports = require('../../jest.preset.cjs')('alert-service', __dirname);
