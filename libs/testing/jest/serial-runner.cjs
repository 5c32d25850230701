const { default: TestRunner } = require('jest-runner');

/** For specs that start whole systems (tools/system-tests): one at a time, and not beside the other specs. */
module.exports = class SerialRunner extends TestRunner {
  isSerial = true;
};
