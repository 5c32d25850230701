--[[ Lifts one reason of a hold; the files held back wait in the redo list.
  KEYS  1 batch
  ARGV  1 reason
  Reply {state or 'missing', reasons left}
  Safe to repeat. ]]
local b = redis.call('HMGET', KEYS[1], 'state', 'hold')
if not b[1] then return { 'missing', 0 } end
if not b[2] then return { b[1], 0 } end
local reasons, count = cjson.decode(b[2]), 0
reasons[ARGV[1]] = nil
for _ in pairs(reasons) do count = count + 1 end
if count == 0 then redis.call('HDEL', KEYS[1], 'hold') else redis.call('HSET', KEYS[1], 'hold', cjson.encode(reasons)) end
return { b[1], count }
