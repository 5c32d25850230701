--[[ Gives a claim back because its batch is held: the file waits in the redo list, and the copies of its message are stale.
  KEYS  1 batch  2 states  3 due  4 attempt  5 redo
  ARGV  1 idx  2 token  3 waiting_for (JSON)
  Reply 'ok' | 'fenced'
  Safe to repeat: the lease is gone after the first call, so a second one is fenced. ]]
local a = redis.call('HMGET', KEYS[4], 'token', 'lease', 'out')
if a[1] ~= ARGV[2] or not a[2] or a[3] then return 'fenced' end
redis.call('HDEL', KEYS[4], 'lease')
redis.call('HINCRBY', KEYS[4], 'attempts', -1)
redis.call('HINCRBY', KEYS[4], 'gen', 1)
redis.call('HSET', KEYS[4], 'wait', ARGV[3])
redis.call('ZADD', KEYS[5], redis.call('HINCRBY', KEYS[1], 'redo_seq', 1), ARGV[1])
redis.call('ZADD', KEYS[3], string.format('%.0f', NEVER), ARGV[1])
return 'ok'
