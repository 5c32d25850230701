--[[ Gives files of one batch to a worker, each under a new fencing token.
  KEYS  1 batch  2 states  3 facts  4 due  5 redo  6… the attempt of each file
  ARGV  1 now  2 worker  3 lease in ms  4 crashes that make a file poison  then idx, message id, gen, redelivered (0/1) a file
  Reply one array a file: {'nobatch'} | {'done'} | {'concluded'} | {'stopped'} | {'stale'} | {'busy', ms} | {'held'}
        | {'poison', token} | {'ok', token, attempts} | {'ok', token, attempts, intent, intent at, image URL, handle or '', bound at or ''}
  Safe to repeat: a second claim by another message is 'busy'; the claim's own redelivered message takes over. ]]
local now, worker, lease, poison = clock(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local state, total, hold = unpack(redis.call('HMGET', KEYS[1], 'state', 'total', 'hold'))
local maxlen = 3 * tonumber(total or 0) + 1000
local started = 0

local function claim(key, idx, message, gen, redelivered)
  if not state then return { 'nobatch' } end
  local byte = state_of(idx)
  if byte == '' or TERMINAL[byte] then return { 'done' } end
  local a = redis.call('HMGET', key, 'lease', 'msg', 'gen', 'out', 'crashes', 'intent')
  if a[4] then return { 'concluded' } end
  -- what was paid for is brought to its end, also while the batch is being cancelled
  if state ~= 'running' and not (state == 'cancelling' and a[6]) then return { 'stopped' } end
  if tonumber(gen) < tonumber(a[3] or 0) then return { 'stale' } end
  if a[1] then
    local rest = tonumber(a[1]) - now
    -- the broker gave the holder's own message away again: the holder is gone, whatever its lease says
    if rest > 0 and not (redelivered == '1' and a[2] == message) then return { 'busy', string.format('%.0f', rest) } end
  end
  -- what was paid for goes on; the rest waits in the redo list, and the copies of its message are stale
  if hold and not a[6] then
    redis.call('ZADD', KEYS[5], redis.call('HINCRBY', KEYS[1], 'redo_seq', 1), idx)
    redis.call('HINCRBY', key, 'gen', 1)
    redis.call('ZADD', KEYS[4], string.format('%.0f', NEVER), idx)
    return { 'held' }
  end
  local paid = a[6] and redis.call('HMGET', key, 'intent_at', 'img', 'req', 'bound_at', 'work')
  -- a worker that died while the file only waited for its generation says nothing against the file
  if a[1] and (not paid or paid[5]) then a[5] = redis.call('HINCRBY', key, 'crashes', 1) end
  local token = redis.call('HINCRBY', key, 'token', 1)
  local till = string.format('%.0f', now + lease)
  redis.call('HSET', key, 'lease', till, 'msg', message, 'gen', gen, 'worker', worker)
  redis.call('HSETNX', key, 'started_at', string.format('%.0f', now))
  redis.call('HDEL', key, 'wait', 'next_at', 'work')
  redis.call('ZADD', KEYS[4], till, idx)
  local attempts = redis.call('HINCRBY', key, 'attempts', paid and 0 or 1)
  if byte ~= 'R' then
    redis.call('SETRANGE', KEYS[2], idx, 'R')
    started = started + 1
    redis.call('XADD', KEYS[3], 'MAXLEN', '~', maxlen, '*', 't', 'R', 'i', idx)
  end
  if tonumber(a[5] or 0) >= poison then return { 'poison', tostring(token) } end
  if paid then return { 'ok', tostring(token), attempts, a[6], paid[1] or '', paid[2] or '', paid[3] or '', paid[4] or '' } end
  return { 'ok', tostring(token), attempts }
end

local reply = {}
for i = 6, #KEYS do
  local at = 5 + (i - 6) * 4
  reply[#reply + 1] = claim(KEYS[i], ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3])
end
if started > 0 then
  redis.call('HINCRBY', KEYS[1], 'nR', started)
  redis.call('HSETNX', KEYS[1], 'started_at', string.format('%.0f', now))
end
return reply
