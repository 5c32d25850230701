import { startAdminServer, type AdminServer } from './admin-server.js';
import { createMetrics } from './metrics.js';
import { createReadiness } from './readiness.js';

const readiness = createReadiness();
const metrics = createMetrics({ service: 'alert-service', version: '1', processMetrics: true });
let server: AdminServer;

beforeAll(async () => {
  server = await startAdminServer({ host: '127.0.0.1', port: 0, readiness, metrics });
});
afterAll(() => server.close());

const get = async (path: string, init?: RequestInit) => {
  const response = await fetch(server.url + path, init);
  return { status: response.status, body: await response.text() };
};

describe('the admin server', () => {
  it('is alive from its start and ready later, naming what is missing', async () => {
    expect(await get('/livez')).toMatchObject({ status: 200 });
    expect(await get('/readyz')).toMatchObject({ status: 503, body: expect.stringContaining('starting') });
    readiness.enter('started');
    expect(await get('/readyz?verbose')).toMatchObject({ status: 200 });
    readiness.add('broker', () => false);
    expect(JSON.parse((await get('/readyz')).body)).toEqual({ status: 'unavailable', failing: ['broker'] });
    expect(await get('/livez')).toMatchObject({ status: 200 });
  });

  it('serves the metrics, those of the process too', async () => {
    const { body } = await get('/metrics');
    expect(body).toContain('image2model_build_info');
    expect(body).toContain('process_resident_memory_bytes');
  });

  it('has nothing else', async () => {
    expect(await get('/')).toMatchObject({ status: 404 });
    expect(await get('/constructor')).toMatchObject({ status: 404 });
    expect(await get('/livez', { method: 'POST' })).toMatchObject({ status: 405 });
  });

  it('says so when its port is taken', async () => {
    const port = Number(new URL(server.url).port);
    await expect(startAdminServer({ host: '127.0.0.1', port, readiness, metrics })).rejects.toThrow(
      'EADDRINUSE',
    );
  });
});
