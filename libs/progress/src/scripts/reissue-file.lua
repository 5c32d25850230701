--[[ Decides about one overdue file: what it needs to move again.
  KEYS  1 batch  2 states  3 due  4 attempt
  ARGV  1 now  2 idx  3 ms until it is due again  4 '1' = an unclaimed file may be published again  5 ms since the last copy that must have passed
  Reply {'gone'} (nothing to do) | {'concluded'} (settle it) | {'held'} | {'waiting'} (its message is still queued, or too young) | {'reissue', gen, copy}
  Safe to repeat: each reissue is a further copy of the same request; the first copy to come is claimed, the others find it
  busy or done. The gen stays: with a new one a message that only waits in a long queue would be stale when its turn comes. ]]
local now, idx = clock(ARGV[1]), ARGV[2]
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'running' and not (state == 'cancelling' and redis.call('HEXISTS', KEYS[4], 'intent') == 1) then return { 'gone' } end
local byte = state_of(idx)
if byte == '' or TERMINAL[byte] then
  redis.call('ZREM', KEYS[3], idx)
  return { 'gone' }
end
local a = redis.call('HMGET', KEYS[4], 'out', 'lease', 'gen', 'copied_at')
if a[1] then return { 'concluded' } end
if a[2] and tonumber(a[2]) > now then return { 'held' } end
if byte == 'P' and ARGV[4] ~= '1' then return { 'waiting' } end
if a[4] and now - tonumber(a[4]) < tonumber(ARGV[5]) then return { 'waiting' } end
redis.call('HSET', KEYS[4], 'copied_at', string.format('%.0f', now))
redis.call('ZADD', KEYS[3], string.format('%.0f', now + tonumber(ARGV[3])), idx)
return { 'reissue', a[3] or '0', redis.call('HINCRBY', KEYS[4], 'copies', 1) }
