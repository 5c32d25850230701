import { testServers } from './test-servers/running-servers.mjs';

/** Ends what the global set-up started. */
export default async function stopServersForTests() {
  await testServers.current?.stop();
  testServers.current = null;
}
