--[[ Takes or keeps a named lease.
  KEYS  1 lease
  ARGV  1 holder  2 ms  ('0' gives it back)
  Reply 1 when the holder has it (or gave it back), else 0
  Safe to repeat. ]]
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) return 1 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
