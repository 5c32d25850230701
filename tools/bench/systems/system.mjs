/**
 * @typedef {object} SystemContext
 * @property {string} dir absolute; data and logs
 * @property {import('../../dev/servers/start-servers.mjs').Servers} servers
 * @property {import('ioredis').Redis} redis for looking, outside the clock
 * @property {(text: string) => void} log
 * @property {AbortSignal} signal
 *
 * @typedef {object} Outcome one batch
 * @property {string} [batchId]
 * @property {number} totalMs submit → the client has seen the completion
 * @property {number} submitMs until the submitting call returned
 * @property {number} firstStartMs submit → the first file was started: as the client saw it, if it sees that
 * @property {number} [firstStartServerMs] the same by the clock of whoever started it
 * @property {number} endMs when the client saw the completion, ms since 1970
 * @property {number} done files that were done, counted as often as they were
 * @property {number} distinct different files among them
 * @property {number} completions
 *
 * @typedef {Outcome & { completionMs: number }} Reviewed completionMs: last file done → the client has seen the completion
 *
 * @typedef {object} System running and ready
 * @property {number} workers processes that do the files
 * @property {() => import('../measure/meter.mjs').Roots} roots its processes, by role
 * @property {(n: number) => Promise<Outcome>} run one batch of n files
 * @property {(outcome: any, n: number) => Promise<Reviewed>} review what can be looked up after the clock
 * @property {() => Promise<void>} stop
 */

/** How to start each system. @type {Record<import('../command/plan.mjs').SystemName, (context: SystemContext) => Promise<System>>} */
export const starters = {
  image2model: async (context) => (await import('./image2model/system.mjs')).startImage2model(context),
  'bullmq-progress': async (context) => (await import('./bullmq/system.mjs')).startBullmq(context),
  'celery-original': async (context) => (await import('./celery/system.mjs')).startCelery(context),
  'raw-quorum': async (context) => (await import('./raw-quorum/system.mjs')).startRawQuorum(context),
};
