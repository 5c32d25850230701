--[[ Flips a batch to cancelling: from now on no claim succeeds.
  KEYS  1 batch
  ARGV  1 now
  Reply the state afterwards, or 'missing'
  Safe to repeat; a terminal batch stays as it is. ]]
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 'missing' end
if state == 'running' then
  redis.call('HSET', KEYS[1], 'state', 'cancelling', 'cancel_at', string.format('%.0f', clock(ARGV[1])))
  return 'cancelling'
end
return state
