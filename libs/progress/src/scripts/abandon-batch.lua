--[[ Makes sure that a batch whose acceptance broke off never becomes active, unless it is.
  KEYS  1 batch  2 tombstone
  ARGV  none
  Reply 'active' (now or once: it may have been deleted since) | 'abandoned'
  Safe to repeat. ]]
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return redis.call('EXISTS', KEYS[2]) == 1 and 'active' or 'abandoned' end
if state ~= 'staging' then return 'active' end
redis.call('HSET', KEYS[1], 'abandoned', 1)
return 'abandoned'
