import { run } from '../processes/run.mjs';
import { probeAmqp, probeManagement, probeRedis, waitFor } from '../servers/probe.mjs';
import { startContainerServers } from './container-servers.mjs';
import { startPrivateServers } from './private-servers.mjs';

/**
 * @typedef {object} TestServers
 * @property {string} amqpUrl
 * @property {string} amqpApiUrl RabbitMQ's HTTP API, with user and password
 * @property {string} redisUrl
 * @property {() => Promise<void>} stop
 * @property {() => void} killNow for the moment before the process ends
 */

/** The servers that the environment names, when it names all three. @returns {TestServers | null} */
function givenServers() {
  const { AMQP_URL: amqpUrl, REDIS_URL: redisUrl, I2M_TEST_AMQP_API_URL: amqpApiUrl } = process.env;
  if (!amqpUrl || !redisUrl || !amqpApiUrl) return null;
  return { amqpUrl, redisUrl, amqpApiUrl, stop: () => Promise.resolve(), killNow: () => {} };
}

/** @param {TestServers} servers */
async function requireAnswers({ amqpUrl, amqpApiUrl, redisUrl }) {
  const probes = {
    AMQP_URL: () => probeAmqp(amqpUrl),
    REDIS_URL: () => probeRedis(redisUrl),
    I2M_TEST_AMQP_API_URL: () => probeManagement(amqpApiUrl),
  };
  for (const [variable, probe] of Object.entries(probes)) {
    if (!(await waitFor(probe, { timeoutMs: 15_000 })))
      throw new Error(`${variable} is set, but no server answers there`);
  }
}

/**
 * RabbitMQ and Redis for one test run: those of the environment, else containers where Docker answers, else private
 * processes.
 * @param {{ log: (text: string) => void, allowInstall: boolean }} options
 * @returns {Promise<TestServers>}
 */
export async function startTestServers(options) {
  const given = givenServers();
  if (given !== null) {
    await requireAnswers(given);
    return given;
  }
  const docker = await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 5000 });
  return docker.code === 0 ? startContainerServers() : startPrivateServers(options);
}
