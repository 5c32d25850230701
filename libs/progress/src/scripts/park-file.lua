--[[ Puts a claimed file to sleep until its next try and says which message may wake it.
  KEYS  1 batch  2 states  3 due  4 attempt
  ARGV  1 now  2 idx  3 token  4 delay in ms  5 waiting_for (JSON)  6 '1' = the claim used no attempt up
  Reply the gen of the continuation (text), or 'fenced'
  Safe to repeat: the lease is gone after the first call, so a second one is fenced. ]]
local a = redis.call('HMGET', KEYS[4], 'token', 'lease', 'out', 'intent')
if a[1] ~= ARGV[3] or not a[2] or a[3] then return 'fenced' end
local at = string.format('%.0f', clock(ARGV[1]) + tonumber(ARGV[4]))
redis.call('HDEL', KEYS[4], 'lease', 'work')
if ARGV[6] == '1' and not a[4] then redis.call('HINCRBY', KEYS[4], 'attempts', -1) end
redis.call('HSET', KEYS[4], 'next_at', at, 'wait', ARGV[5])
redis.call('ZADD', KEYS[3], at, ARGV[2])
return tostring(redis.call('HINCRBY', KEYS[4], 'gen', 1))
