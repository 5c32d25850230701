--[[ Holds a running batch for a reason: from now on no claim that has paid for nothing yet succeeds.
  KEYS  1 batch
  ARGV  1 now  2 reason  3 detail  4 when the hold is over, in ms; '' = when it is lifted
  Reply {state afterwards or 'missing', reasons it is held for}
  Safe to repeat: a reason that is there keeps its time and detail unless it is over; reasons do not replace one another. ]]
local now, b = clock(ARGV[1]), redis.call('HMGET', KEYS[1], 'state', 'hold')
if not b[1] then return { 'missing', 0 } end
local reasons, count = b[2] and cjson.decode(b[2]) or {}, 0
local old = reasons[ARGV[2]]
local over = old and old['until'] and old['until'] <= now
if b[1] == 'running' and (not old or over) then
  reasons[ARGV[2]] = { detail = ARGV[3], since = now, ['until'] = tonumber(ARGV[4]) }
  redis.call('HSET', KEYS[1], 'hold', cjson.encode(reasons))
end
for _ in pairs(reasons) do count = count + 1 end
return { b[1], count }
