import { chromiumForTests } from './servers/chromium.mjs';
import { testServers } from './test-servers/running-servers.mjs';
import { startTestServers } from './test-servers/test-servers.mjs';

/** Starts RabbitMQ and Redis once for all test files, and tells them where by I2M_TEST_* variables; Chromium as well. */
export default async function startServersForTests() {
  const context = {
    log: (/** @type {string} */ text) => console.error(text),
    allowInstall: !process.env['I2M_NO_INSTALL'],
  };
  const browser = await chromiumForTests(context);
  if (browser !== undefined) process.env['I2M_TEST_BROWSER'] = browser;
  const servers = await startTestServers(context);
  process.env['I2M_TEST_AMQP_URL'] = servers.amqpUrl;
  process.env['I2M_TEST_AMQP_API_URL'] = servers.amqpApiUrl;
  process.env['I2M_TEST_REDIS_URL'] = servers.redisUrl;
  testServers.current = servers;
  // jest skips its teardown when it is interrupted.
  process.once('exit', servers.killNow);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => {
      servers.killNow();
      process.kill(process.pid, signal);
    });
  }
}
