--[[ Lifts one reason of a hold, or each whose time is over; the files held back wait in the redo list.
  KEYS  1 batch
  ARGV  1 now  2 reason; '' = each whose time is over
  Reply {state or 'missing', reasons left, 1 when the last reason was lifted now}
  Safe to repeat. ]]
local now, b = clock(ARGV[1]), redis.call('HMGET', KEYS[1], 'state', 'hold')
if not b[1] then return { 'missing', 0, 0 } end
if not b[2] then return { b[1], 0, 0 } end
local left, count = {}, 0
for reason, why in pairs(cjson.decode(b[2])) do
  local over = why['until'] and why['until'] <= now
  if reason ~= ARGV[2] and not (ARGV[2] == '' and over) then
    left[reason] = why
    count = count + 1
  end
end
if count > 0 then
  redis.call('HSET', KEYS[1], 'hold', cjson.encode(left))
  return { b[1], count, 0 }
end
redis.call('HDEL', KEYS[1], 'hold')
return { b[1], 0, 1 }
