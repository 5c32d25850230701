import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRedisDatabase, createVhost } from '@image2model/testing';

const prove = join(__dirname, '../../observability/prove.mjs');

test('every panel and every alert has data from a real Prometheus that scrapes npm start', async () => {
  const [vhost, redis] = await Promise.all([createVhost(), createRedisDatabase()]);
  const flags = ['--no-build', ...(process.env['I2M_NO_INSTALL'] ? ['--no-install'] : [])];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [prove, ...flags], {
      env: { ...process.env, AMQP_URL: vhost.url, REDIS_URL: redis.url },
      maxBuffer: 10_000_000,
    });
    expect(stdout).not.toContain('✗');
    expect(stdout).toContain('✓ everything has data');
  } finally {
    await Promise.all([vhost.close(), redis.close()]);
  }
});
