import type { Scripts } from '../world/connection.js';

/** A plausible bug: in one script, or in the text that several share, `find` becomes `put`. */
export interface Mutant {
  name: string;
  /** name of the script without lua_; absent for shared text */
  script?: string;
  find: string;
  put: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'claim takes over a live lease without the redelivered flag',
    script: 'claim_files',
    find: "not (redelivered == '1' and a[2] == message)",
    put: 'a[2] ~= message',
  },
  {
    name: 'claim succeeds in a cancelling batch',
    script: 'claim_files',
    find: "if state ~= 'running' then return { 'stopped' } end",
    put: '',
  },
  {
    name: 'claim ignores the hold',
    script: 'claim_files',
    find: 'if hold and not a[6] then',
    put: 'if false then',
  },
  {
    name: 'a held claim does not reach the redo list',
    script: 'claim_files',
    find: "redis.call('ZADD', KEYS[5], redis.call('HINCRBY', KEYS[1], 'redo_seq', 1), idx)",
    put: '',
  },
  {
    name: 'claim does not count the crash of the holder before',
    script: 'claim_files',
    find: "if a[1] then a[5] = redis.call('HINCRBY', key, 'crashes', 1) end",
    put: '',
  },
  {
    name: 'claim lets the fifth crash pass',
    script: 'claim_files',
    find: '>= poison',
    put: '> poison',
  },
  {
    name: 'claim keeps the token of the holder before',
    script: 'claim_files',
    find: "redis.call('HINCRBY', key, 'token', 1)",
    put: "redis.call('HINCRBY', key, 'token', a[1] and 0 or 1)",
  },
  {
    name: 'renew does not look at the token',
    script: 'renew_leases',
    find: 'if a[1] == ARGV[at + 1] and not a[2] and a[3] then',
    put: 'if not a[2] and a[3] then',
  },
  {
    name: 'conclude does not look at the token',
    script: 'conclude_files',
    find: "if a[1] ~= token then return 'fenced' end",
    put: '',
  },
  {
    name: 'a second conclusion overwrites the first',
    script: 'conclude_files',
    find: "if a[2] then return 'concluded' end",
    put: '',
  },
  {
    name: 'park leaves the gen as it was',
    script: 'park_file',
    find: "redis.call('HINCRBY', KEYS[4], 'gen', 1)",
    put: "redis.call('HGET', KEYS[4], 'gen') or '0'",
  },
  {
    name: 'release leaves the lease',
    script: 'release_file',
    find: "redis.call('HDEL', KEYS[4], 'lease')",
    put: '',
  },
  {
    name: 'progress is written for files that have ended',
    script: 'write_progress',
    find: "if state_of(ARGV[i]) == 'R' then",
    put: 'if true then',
  },
  {
    name: 'finish settles a settled file again',
    script: 'finish_files',
    find: "if byte == '' or TERMINAL[byte] then",
    put: "if byte == '' then",
  },
  { name: 'settling counts twice', find: 'moved[to] = moved[to] + 1', put: 'moved[to] = moved[to] + 2' },
  {
    name: 'settling tells no fact',
    find: "redis.call('XADD', KEYS[3], 'MAXLEN', '~', maxlen, '*', 't', to, 'i', idx, 'd', detail)",
    put: '',
  },
  {
    name: 'a batch ends before it is sealed',
    find: "if b[2] ~= '1' or b[9] then return 0 end",
    put: 'if b[9] then return 0 end',
  },
  {
    name: 'a run ends before its files are chosen',
    find: "if b[2] ~= '1' or b[9] then return 0 end",
    put: "if b[2] ~= '1' then return 0 end",
  },
  {
    name: 'the end of a run trusts the counters',
    find: 'local counts = recount()',
    put: 'local counts = { S = tonumber(b[4] or 0), F = tonumber(b[5] or 0), X = tonumber(b[6] or 0) }',
  },
  {
    name: 'the end of a run writes no outbox row',
    find: "redis.call('HSET', KEYS[4], 'batch.completed:' .. b[8] .. ':' .. b[7], body)",
    put: '',
  },
  {
    name: 'the completion id is the same in every run',
    find: "b[8] .. ':' .. b[7], body)",
    put: "b[8] .. ':1', body)",
  },
  {
    name: 'the cursor moves wherever a dispatcher says',
    script: 'advance_cursor',
    find: "if batch_number('cursor') ~= from or to <= from then return 0 end",
    put: '',
  },
  {
    name: 'published files have no due time',
    script: 'advance_cursor',
    find: "if #add > 0 then redis.call('ZADD', KEYS[3], 'NX', unpack(add)) end",
    put: '',
  },
  {
    name: 'files taken off the redo list have no due time',
    script: 'advance_redo',
    find: "redis.call('ZADD', KEYS[3], due, idx)",
    put: '',
  },
  {
    name: 'a cancel ends files that workers hold',
    script: 'cancel_waiting',
    find: "if bytes:sub(i, i) == 'P' then settle(from + i - 1, 'P', 'X'",
    put: "if not TERMINAL[bytes:sub(i, i)] then settle(from + i - 1, bytes:sub(i, i), 'X'",
  },
  {
    name: 'a cancel overrides what was concluded',
    script: 'cancel_unheld',
    find: "settle(idx, byte, a[1] or 'X', a[2] or '', maxlen)",
    put: "settle(idx, byte, 'X', '', maxlen)",
  },
  {
    name: 'a cancelled batch that was never sealed stays open',
    script: 'request_cancel',
    find: "'sealed', 1, ",
    put: '',
  },
  {
    name: 'condemn leaves the token',
    script: 'condemn_file',
    find: "redis.call('HINCRBY', KEYS[8], 'token', 1)",
    put: '',
  },
  {
    name: 'condemn overrides what was concluded',
    script: 'condemn_file',
    find: 'if not a[1] then',
    put: 'if true then',
  },
  {
    name: 'reissue does not look at the lease',
    script: 'reissue_file',
    find: "if a[2] and tonumber(a[2]) > now then return { 'held' } end",
    put: '',
  },
  {
    name: 'a retry keeps the old conclusion',
    script: 'retry_files',
    find: "redis.call('DEL', key)",
    put: '',
  },
  {
    name: 'a retry does not count the failures down',
    script: 'retry_files',
    find: "if chosen > 0 then redis.call('HINCRBY', KEYS[1], 'nF', -chosen) end",
    put: '',
  },
  {
    name: 'appends overwrite one another',
    script: 'append_files',
    find: "if total ~= from then return { 'moved', 0, total } end",
    put: '',
  },
];

/** @throws Error when a mutant's text is not in its script any more: then it tests nothing */
export function mutate(scripts: Scripts, { name, script, find, put }: Mutant): Scripts {
  let hits = 0;
  const changed = Object.entries(scripts).map(([key, { lua }]): [string, { lua: string }] => {
    if ((script !== undefined && key !== `lua_${script}`) || !lua.includes(find)) return [key, { lua }];
    hits += 1;
    if (lua.split(find).length !== 2)
      throw new Error(`the mutant "${name}" finds its text more than once in ${key}`);
    return [key, { lua: lua.replace(find, () => put) }];
  });
  if (hits === 0)
    throw new Error(
      `the mutant "${name}" does not find its text${script === undefined ? '' : ` in ${script}`}: ${find}`,
    );
  return Object.fromEntries(changed);
}
