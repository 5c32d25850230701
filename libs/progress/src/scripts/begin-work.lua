--[[ Notes that a worker handles the result of a generation now: dying on that counts against the file, waiting does not.
  KEYS  1 attempt
  ARGV  1 token
  Reply 'ok' | 'fenced'
  Safe to repeat. ]]
local a = redis.call('HMGET', KEYS[1], 'token', 'lease', 'out')
if a[1] ~= ARGV[1] or not a[2] or a[3] then return 'fenced' end
redis.call('HSET', KEYS[1], 'work', 1)
return 'ok'
