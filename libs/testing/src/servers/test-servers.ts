/** What the global set-up of `npm test` puts into the environment (tools/dev/jest-global-setup.mjs). */
const variables = {
  amqpUrl: 'I2M_TEST_AMQP_URL',
  amqpApiUrl: 'I2M_TEST_AMQP_API_URL',
  redisUrl: 'I2M_TEST_REDIS_URL',
} as const;

/** The address of one of the servers that the tests share. */
export function testServer(name: keyof typeof variables): URL {
  const value = process.env[variables[name]];
  if (value !== undefined && value !== '') return new URL(value);
  throw new Error(
    `${variables[name]} is not set: run integration specs from the root of the repository, ` +
      `for example \`npx jest --selectProjects <project>:int\`, which starts RabbitMQ and Redis.`,
  );
}
