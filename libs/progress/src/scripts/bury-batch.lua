--[[ Notes that nothing is left of a deleted batch but its tombstone, which goes by itself when nobody takes it away.
  KEYS  1 tombstone
  ARGV  1 now  2 how long a tombstone stands, ms from the deletion  3 ms more until it goes by itself
  Reply until when it stands (ms as text), or '' when it is gone
  Safe to repeat. ]]
local b = redis.call('HMGET', KEYS[1], 'id', 'tenant', 'deleted_at', 'erased_at')
if not b[1] then return '' end
local till = tonumber(b[3]) + tonumber(ARGV[2])
if not b[4] then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'id', b[1], 'tenant', b[2], 'deleted_at', b[3], 'erased_at', string.format('%.0f', clock(ARGV[1])))
end
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', till + tonumber(ARGV[3])))
return string.format('%.0f', till)
