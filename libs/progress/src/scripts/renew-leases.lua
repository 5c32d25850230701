--[[ Prolongs the leases of files of one batch.
  KEYS  1 batch  2 states  3 due  4… the attempt of each file
  ARGV  1 now  2 lease in ms  then idx, token a file
  Reply {batch state, 'ok' | 'fenced', …}
  Safe to repeat. ]]
local now, lease = clock(ARGV[1]), tonumber(ARGV[2])
local till = string.format('%.0f', now + lease)
local reply = { redis.call('HGET', KEYS[1], 'state') or 'missing' }
for i = 4, #KEYS do
  local at = 3 + (i - 4) * 2
  local a = redis.call('HMGET', KEYS[i], 'token', 'out', 'lease')
  if a[1] == ARGV[at + 1] and not a[2] and a[3] then
    redis.call('HSET', KEYS[i], 'lease', till)
    redis.call('ZADD', KEYS[3], till, ARGV[at])
    reply[#reply + 1] = 'ok'
  else
    reply[#reply + 1] = 'fenced'
  end
end
return reply
