--[[ Removes a relayed completion after the broker confirmed it.
  KEYS  1 batch  2 outbox
  ARGV  1 event id  2 now
  Reply rows left
  Safe to repeat. ]]
redis.call('HSET', KEYS[1], 'notified_at', string.format('%.0f', clock(ARGV[2])))
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('HLEN', KEYS[2])
