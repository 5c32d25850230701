--[[ Writes down what the webhook of a batch must be told, and how far its facts were gathered.
  KEYS  1 batch  2 the list of deliveries  3… one delivery each
  ARGV  1 now  2 the last fact that was gathered ('' = none)  then id, event and body a delivery
  Reply the ids of those whose first try was not made yet; none for a batch that is gone
  Safe to repeat: a delivery that is there stays as it is. ]]
local now = string.format('%.0f', clock(ARGV[1]))
if redis.call('HEXISTS', KEYS[1], 'id') == 0 then return {} end
local open = {}
for i = 3, #KEYS do
  local at = 3 + 3 * (i - 3)
  if redis.call('EXISTS', KEYS[i]) == 0 then
    redis.call('HSET', KEYS[i], 'event', ARGV[at + 1], 'body', ARGV[at + 2], 'state', 'pending', 'ladder', 1, 'tried', 0, 'created_at', now, 'next_at', now)
    redis.call('ZADD', KEYS[2], now, ARGV[at])
  end
  local d = redis.call('HMGET', KEYS[i], 'state', 'ladder', 'tried')
  if d[1] == 'pending' and d[2] == '1' and d[3] == '0' then table.insert(open, ARGV[at]) end
end
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'wh_cursor', ARGV[2]) end
return open
