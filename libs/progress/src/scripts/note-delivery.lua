--[[ Writes down what came of a try.
  KEYS  1 batch  2 delivery
  ARGV  1 now  2 ladder  3 tried  4 who took it  5 the attempt (JSON; '' = none was made)  6 state  7 ms until the next try
  Reply 1, or 0 when the batch is gone, or the try is not the caller's any more
  Safe to repeat: the second call finds that the try was made. ]]
local now = clock(ARGV[1])
local d = redis.call('HMGET', KEYS[2], 'state', 'ladder', 'tried', 'holder', 'log')
if redis.call('HEXISTS', KEYS[1], 'id') == 0 or d[1] ~= 'pending' then return 0 end
if d[2] ~= ARGV[2] or d[3] ~= ARGV[3] or d[4] ~= ARGV[4] then return 0 end
if ARGV[5] ~= '' then
  local log = (d[5] or '') .. ARGV[5] .. '\n'
  local _, lines = log:gsub('\n', '')
  if lines > 50 then log = log:sub(log:find('\n', 1, true) + 1) end
  redis.call('HSET', KEYS[2], 'log', log)
end
redis.call('HSET', KEYS[2], 'state', ARGV[6], 'tried', d[3] + 1)
redis.call('HDEL', KEYS[2], 'holder', 'held_till', 'next_at')
if ARGV[6] == 'pending' then redis.call('HSET', KEYS[2], 'next_at', string.format('%.0f', now + tonumber(ARGV[7]))) end
return 1
