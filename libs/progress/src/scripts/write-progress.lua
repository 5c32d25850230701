--[[ Writes the latest progress of files that are running; of others nothing may stay behind.
  KEYS  1 batch  2 states  3 progress
  ARGV  idx, text a file
  Reply how many were written
  Safe to repeat. ]]
local fields = {}
for i = 1, #ARGV, 2 do
  if state_of(ARGV[i]) == 'R' then
    fields[#fields + 1] = ARGV[i]
    fields[#fields + 1] = ARGV[i + 1]
  end
end
if #fields > 0 then redis.call('HSET', KEYS[3], unpack(fields)) end
return #fields / 2
