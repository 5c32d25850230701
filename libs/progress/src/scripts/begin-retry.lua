--[[ Begins the run that was asked for: the batch lives again, and cannot end before all its files were looked at.
  KEYS  1 batch
  ARGV  none
  Reply {state or 'missing', run}
  Safe to repeat: the request is used up by the first call. ]]
local b = redis.call('HMGET', KEYS[1], 'state', 'run', 'retry_asked')
if not b[1] then return { 'missing', 0 } end
if not b[3] or b[3] ~= b[2] or b[1] == 'running' or b[1] == 'cancelling' then return { b[1], tonumber(b[2]) } end
redis.call('HSET', KEYS[1], 'state', 'running', 'run', b[2] + 1, 'retry_at', 0, 'ccur', 0)
redis.call('HDEL', KEYS[1], 'retry_asked', 'finished_at', 'cancel_at', 'notified_at')
return { 'running', b[2] + 1 }
