import { closeSync, openSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, exitCodes } from '../processes/exit-codes.mjs';
import { endLeftovers, openLedger } from '../processes/ledger.mjs';
import { root } from '../processes/paths.mjs';
import { writeJson } from '../processes/write-atomic.mjs';
import { logSize, logTail, rotateLog } from './log-files.mjs';
import { Service } from './service.mjs';
import { watchLogs } from './watch-logs.mjs';

/** What is left of 30 seconds when RabbitMQ and Redis have had theirs. */
const stopWithinMs = 18_000;
const gatewayHeadStartMs = 4000;
const readyWithinMs = 90_000;

/**
 * @typedef {object} SupervisorOptions
 * @property {string} dir absolute; services.json and logs/ go there
 * @property {Record<string, number>} replicas
 * @property {(name: string) => NodeJS.ProcessEnv} environment of a service, without its admin port
 * @property {(text: string) => void} log
 * @property {AbortSignal} signal stops waiting for readiness
 * @property {(label: string) => string} [home] a folder of its own for every process: where it runs and keeps temporary files
 * @property {(name: string) => string} [script] the bundle of a service; default apps/<name>/dist/main.js
 */

const ledgerFile = (/** @type {string} */ dir) => join(dir, 'ledger', 'services.json');

/** @param {string} dir @param {(text: string) => void} log */
export const endServicesLeftIn = (dir, log) => endLeftovers(ledgerFile(dir), log);

/** Starts the services, keeps them running, keeps services.json true, and stops them in order. */
export class Supervisor {
  #badConfig = new AbortController();
  #stopWatching = () => {};
  /** Where this run's lines begin in logs that older runs wrote to. @type {Map<Service, number>} */
  #logStart = new Map();
  #up = false;

  /** @param {SupervisorOptions} options */
  constructor(options) {
    this.options = options;
    this.file = join(options.dir, 'services.json');
    const ledger = openLedger(ledgerFile(options.dir));
    const script = options.script ?? ((name) => join(root, 'apps', name, 'dist', 'main.js'));
    this.services = Object.entries(options.replicas).flatMap(([name, count]) =>
      Array.from({ length: count }, (_, index) => {
        const service = new Service({
          name,
          instance: index + 1,
          script: script(name),
          env: options.environment(name),
          logFile: join(options.dir, 'logs', `${name}-${index + 1}.log`),
          home: options.home?.(`${name}-${index + 1}`),
          ledger,
          log: options.log,
          onStart: () => this.#up && this.#writeState(),
          onBadConfig: () => this.#badConfig.abort(this.#badConfigError(service)),
        });
        return service;
      }),
    );
  }

  #writeState() {
    const entries = this.services.map((service) => service.entry);
    writeJson(this.file, entries);
    writeJson(
      join(this.options.dir, 'prometheus-targets.json'),
      entries.map(({ name, admin_url: url }) => ({ targets: [new URL(url).host], labels: { app: name } })),
    );
  }

  /** @param {Service} service @param {string} text @param {number} [exitCode] */
  #failure(service, text, exitCode) {
    const { logFile } = service.options;
    const said = logTail(logFile, this.#logStart.get(service) ?? 0);
    return new CommandError(
      `${service.label} ${text}. The end of ${relative(root, logFile)}:\n${said}`,
      exitCode,
    );
  }

  /** @param {Service} service */
  #badConfigError(service) {
    return this.#failure(service, 'refuses its configuration', exitCodes.config);
  }

  /** Resolves when every service is ready. */
  async start() {
    for (const service of this.services) {
      const { logFile } = service.options;
      rotateLog(logFile);
      closeSync(openSync(logFile, 'a'));
      this.#logStart.set(service, logSize(logFile));
    }
    this.#stopWatching = watchLogs(
      this.services.map(({ label, options: { logFile } }) => ({ label, file: logFile })),
      this.options.log,
    );
    await Promise.all(this.services.map((service) => service.start()));
    this.#up = true;
    this.#writeState();
    const signal = AbortSignal.any([this.options.signal, this.#badConfig.signal]);
    await Promise.all(
      this.services.map(async (service) => {
        if (await service.waitReady({ timeoutMs: readyWithinMs, signal })) return;
        throw this.#failure(service, `is not ready after ${readyWithinMs / 1000} s`);
      }),
    );
  }

  /** The gateway first, so that no new work comes in; then the others together. Never rejects. */
  async stop() {
    const deadline = performance.now() + stopWithinMs;
    const end = (/** @type {Service[]} */ some) =>
      Promise.all(some.map((service) => service.stop({ graceMs: deadline - performance.now() })));
    const isGateway = (/** @type {Service} */ { options: { name } }) => name === 'gateway';
    const gateway = end(this.services.filter(isGateway));
    await Promise.race([gateway, sleep(gatewayHeadStartMs, undefined, { ref: false })]);
    await Promise.all([gateway, end(this.services.filter((service) => !isGateway(service)))]);
    this.#stopWatching();
  }
}
