--[[ Takes a batch out of an index unless somebody entered it anew meanwhile.
  KEYS  1 index
  ARGV  1 batch id  2 the score that was read before the batch was looked at
  Reply 1 when it left, else 0
  Safe to repeat. ]]
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) ~= tonumber(ARGV[2]) then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])
