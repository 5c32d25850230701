/** Gives a text file (a Lua script) to a test as the string it holds, as the bundler does for the services. */
module.exports = {
  process: (text) => ({ code: `module.exports = { __esModule: true, default: ${JSON.stringify(text)} };` }),
};
