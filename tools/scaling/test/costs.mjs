/** A cost in which every figure is this one. @param {number} value @returns {import('../constants/schema.mjs').Cost} */
export const costOf = (value) => ({
  redis: { commands: value, scripts: value, bytesIn: value, bytesOut: value, logBytes: value },
  broker: { published: value, delivered: value, acked: value, bytesIn: value, bytesOut: value },
  diskBytes: { broker: value, redis: value },
  cpuS: {
    ...{ gateway: value, orchestrator: value, worker: value, maintenance: value, alert: value },
    ...{ broker: value, redis: value },
  },
  memory: { running: value, rest: value },
});
