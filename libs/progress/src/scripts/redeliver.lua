--[[ Begins a new ladder of tries of a delivery, whatever became of the old one.
  KEYS  1 batch  2 delivery
  ARGV  1 now
  Reply the ladder, or 0 when there is no such delivery
  Each call begins another ladder; messages of the old one are old then. ]]
local now = clock(ARGV[1])
local d = redis.call('HGET', KEYS[2], 'ladder')
if not d or redis.call('HEXISTS', KEYS[1], 'id') == 0 then return 0 end
redis.call('HSET', KEYS[2], 'state', 'pending', 'ladder', d + 1, 'tried', 0, 'next_at', string.format('%.0f', now))
redis.call('HDEL', KEYS[2], 'holder', 'held_till')
return d + 1
