--[[ Flips a batch to cancelling: from now on no claim succeeds, no file is appended and none is chosen for a retry.
  KEYS  1 batch
  ARGV  1 now
  Reply the state afterwards, or 'missing'
  Safe to repeat; a terminal batch stays as it is. ]]
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 'missing' end
if state == 'running' then
  redis.call('HSET', KEYS[1], 'state', 'cancelling', 'sealed', 1, 'cancel_at', string.format('%.0f', clock(ARGV[1])))
  redis.call('HDEL', KEYS[1], 'retry_at', 'retry_codes', 'retry_files')
  return 'cancelling'
end
return state
