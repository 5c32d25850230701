--[[ Takes slots back, and the marks of those that wait no longer.
  KEYS  1 governor  2 slots  3 waiting  4 reports  5 ended
  ARGV  1 now  2 first limit  3 highest limit  then the intents
  Reply how many had a slot
  Safe to repeat. ]]
local had = 0
for i = 4, #ARGV do
  had = had + redis.call('HDEL', KEYS[2], ARGV[i])
  redis.call('HDEL', KEYS[3], ARGV[i])
  redis.call('ZADD', KEYS[5], whole(now), ARGV[i])
end
redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', whole(now - ENDED_MS))
redis.call('PEXPIRE', KEYS[5], 2 * ENDED_MS)
if had > 0 then put('released_at', whole(now)) end
return had
