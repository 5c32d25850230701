--[[ Moves the fan-out cursor forward after a chunk is confirmed, and notes when its files are due.
  KEYS  1 batch  2 states  3 due
  ARGV  1 expected cursor  2 new cursor  3 due in ms from now  4 now
  Reply 1, or 0 when the cursor is elsewhere (another dispatcher took over)
  Safe to repeat: a second call finds the cursor moved. ]]
local from, to = tonumber(ARGV[1]), tonumber(ARGV[2])
if batch_number('cursor') ~= from or to <= from then return 0 end
redis.call('HSET', KEYS[1], 'cursor', to)
local due = string.format('%.0f', clock(ARGV[4]) + tonumber(ARGV[3]))
local bytes = redis.call('GETRANGE', KEYS[2], from, to - 1)
local add = {}
for i = 1, #bytes do
  if bytes:sub(i, i) == 'P' then
    add[#add + 1] = due
    add[#add + 1] = from + i - 1
  end
end
if #add > 0 then redis.call('ZADD', KEYS[3], 'NX', unpack(add)) end
return 1
