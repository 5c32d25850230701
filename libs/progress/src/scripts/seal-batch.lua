--[[ Ends the growing of a batch: nothing is appended any more, and its run may end.
  KEYS  1 batch  2 states  3 facts  4 outbox  5 due  6 progress  7 redo
  ARGV  1 now
  Reply {state afterwards or 'missing', 1 when the run ended}
  Safe to repeat. ]]
local b = redis.call('HMGET', KEYS[1], 'state', 'sealed')
if not b[1] then return { 'missing', 0 } end
if b[2] == '1' then return { b[1], 0 } end
redis.call('HSET', KEYS[1], 'sealed', 1)
local ended = finalise(clock(ARGV[1]))
return { redis.call('HGET', KEYS[1], 'state'), ended }
