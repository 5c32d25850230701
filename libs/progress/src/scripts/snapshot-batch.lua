--[[ What an audit compares, of one moment.
  KEYS  1 batch  2 states  3 facts  4 outbox
  Reply {} without a batch, else {state, run, total, nR, nS, nF, nX, notified_at or '', outbox rows, id of the last fact or '0-0', states,
        spent, reserved (millionths of a dollar)}
  Safe to repeat: changes nothing. ]]
local b = redis.call('HMGET', KEYS[1], 'state', 'run', 'total', 'nR', 'nS', 'nF', 'nX', 'notified_at', 'spent', 'reserved')
if not b[1] then return {} end
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
return {
  b[1], b[2], b[3], b[4] or '0', b[5] or '0', b[6] or '0', b[7] or '0', b[8] or '',
  redis.call('HLEN', KEYS[4]),
  last[1] and last[1][1] or '0-0',
  redis.call('GET', KEYS[2]) or '',
  b[9] or '0', b[10] or '0',
}
