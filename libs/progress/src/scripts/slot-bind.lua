--[[ Lets a slot live as long as its accepted generation may.
  KEYS  1 governor  2 slots  3 waiting  4 reports  5 ended
  ARGV  1 now  2 first limit  3 highest limit  4 intent  5 ms from now  6 batch  7 tenant ('' unknown)
  Reply 1, or 0 when it was given back a moment ago
  Safe to repeat. ]]
local intent = ARGV[4]
local slot = live_slots()[intent]
if not slot then
  -- accepted although its 60 s are over (found by webhook or listing): it counts, unless a late call comes after its end
  local ended = redis.call('ZSCORE', KEYS[5], intent)
  if ended and tonumber(ended) > now - ENDED_MS then return 0 end
  slot = { taken = now, batch = ARGV[6], tenant = ARGV[7] }
end
slot.till, slot.bound = now + tonumber(ARGV[5]), '1'
write_slot(intent, slot)
redis.call('HDEL', KEYS[3], intent)
return 1
