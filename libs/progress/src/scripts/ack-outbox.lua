--[[ Removes a relayed completion after the broker confirmed it.
  KEYS  1 batch  2 outbox
  ARGV  1 event id  2 now
  Reply what is left to look after: rows, and one more for a batch that lives or is asked to
  Safe to repeat; of a batch that is gone it leaves nothing. ]]
local b = redis.call('HMGET', KEYS[1], 'state', 'retry_asked')
redis.call('HDEL', KEYS[2], ARGV[1])
if not b[1] then return 0 end
redis.call('HSET', KEYS[1], 'notified_at', string.format('%.0f', clock(ARGV[2])))
local lives = b[1] == 'staging' or b[1] == 'running' or b[1] == 'cancelling' or b[2]
return redis.call('HLEN', KEYS[2]) + (lives and 1 or 0)
