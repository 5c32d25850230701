/**
 * What the global set-up of jest hands to its teardown; both are loaded into the same process.
 * @type {{ current: import('./test-servers.mjs').TestServers | null }}
 */
export const testServers = { current: null };
