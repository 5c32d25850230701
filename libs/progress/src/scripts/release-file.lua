--[[ Gives a claim back without using an attempt (a worker drains).
  KEYS  1 batch  2 states  3 due  4 attempt
  ARGV  1 now  2 idx  3 token
  Reply 'ok' | 'fenced'
  Safe to repeat. ]]
local a = redis.call('HMGET', KEYS[4], 'token', 'lease', 'out', 'intent')
if a[1] ~= ARGV[3] or not a[2] or a[3] then return 'fenced' end
redis.call('HDEL', KEYS[4], 'lease', 'work')
if not a[4] then redis.call('HINCRBY', KEYS[4], 'attempts', -1) end
redis.call('ZADD', KEYS[3], string.format('%.0f', clock(ARGV[1])), ARGV[2])
return 'ok'
