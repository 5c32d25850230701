/**
 * @typedef {object} RedisStats counters since Redis started
 * @property {number} commands those that scripts call included
 * @property {number} scripts calls of scripts by clients
 * @property {number} bytesIn
 * @property {number} bytesOut
 * @property {number} logBytes length of the append-only file; it begins anew at a rewrite
 */

/** @param {string} info a section of INFO @param {string} name */
function numberIn(info, name) {
  const text = new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1];
  if (text === undefined) throw new Error(`Redis does not tell its ${name}`);
  return Number(text);
}

/** @param {string} commandStats INFO commandstats */
function scriptCalls(commandStats) {
  const calls = commandStats.matchAll(/^cmdstat_(?:evalsha|eval|fcall)(?:_ro)?:calls=(\d+)/gm);
  return [...calls].reduce((sum, [, count]) => sum + Number(count), 0);
}

/**
 * @param {string} info the sections stats, commandstats and persistence
 * @returns {RedisStats}
 */
export const redisStatsOf = (info) => ({
  commands: numberIn(info, 'total_commands_processed'),
  scripts: scriptCalls(info),
  bytesIn: numberIn(info, 'total_net_input_bytes'),
  bytesOut: numberIn(info, 'total_net_output_bytes'),
  logBytes: numberIn(info, 'aof_current_size'),
});

/** @param {import('ioredis').Redis} redis */
export const readRedisStats = async (redis) =>
  redisStatsOf(await redis.info('stats', 'commandstats', 'persistence'));

/** Bytes that Redis holds for its clients and itself. @param {import('ioredis').Redis} redis */
export const usedMemory = async (redis) => numberIn(await redis.info('memory'), 'used_memory');
