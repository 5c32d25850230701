import type { ServiceContext } from '@image2model/service-kit';
import type { Config } from '../config.js';
import type { Route } from '../domain/route.js';
import { createAuthenticate } from './authenticate.js';
import { createApp } from './express-app.js';
import { startHttpServer, type HttpServer } from './http-server.js';

/** Running uploads may take so long when the process is told to stop. */
const drainMs = 20_000;

/** The API on its port, as configured. */
export async function startApi(
  service: ServiceContext<Config>,
  routes: readonly Route[],
): Promise<HttpServer> {
  const { config, logger, metrics, stopping } = service;
  const keys = [...config.I2M_API_KEYS, ...config.I2M_CLIENT_KEYS];
  if (keys.length === 0) logger.warn('no I2M_API_KEYS: every caller is tenant dev');
  const authenticate = createAuthenticate(keys);
  const app = createApp({ routes, authenticate, logger, metrics, stopping });
  const { HOST: host, PORT: port } = config;
  const requestTimeoutMs = config.I2M_UPLOAD_TIMEOUT_S * 1_000;
  const server = await startHttpServer({ app, host, port, requestTimeoutMs, drainMs });
  logger.info('listening', { url: server.url });
  return server;
}
