module.exports = require('../../jest.preset.cjs')('batch-orchestrator', __dirname);
