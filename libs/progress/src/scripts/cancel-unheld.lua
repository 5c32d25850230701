--[[ Ends started files of a cancelling batch whose worker is gone or that are parked; a conclusion that is there stands.
  KEYS  1 batch  2 states  3 facts  4 outbox  5 due  6 progress  7 redo  8… the attempt of each file
  ARGV  1 now  then idx a file
  Reply {settled now, still held, 1 when the run ended, {idx of unheld files with an intent or a generation: a worker must end them}}
  Safe to repeat. ]]
local now = clock(ARGV[1])
if redis.call('HGET', KEYS[1], 'state') ~= 'cancelling' then return { 0, 0, 0, {} } end
local maxlen, held, settled, open = facts_maxlen(), 0, 0, {}
for i = 8, #KEYS do
  local idx = ARGV[i - 6]
  local byte = state_of(idx)
  if byte ~= '' and not TERMINAL[byte] then
    local a = redis.call('HMGET', KEYS[i], 'out', 'res', 'lease', 'intent')
    if a[4] and not a[1] and (not a[3] or tonumber(a[3]) <= now) then
      open[#open + 1] = tonumber(idx)
    elseif a[1] or not a[3] or tonumber(a[3]) <= now then
      if not a[1] then
        redis.call('HINCRBY', KEYS[i], 'token', 1)
        redis.call('HDEL', KEYS[i], 'lease')
        redis.call('HSET', KEYS[i], 'out', 'X', 'ended_at', string.format('%.0f', now))
      end
      settle(idx, byte, a[1] or 'X', a[2] or '', maxlen)
      settled = settled + 1
    else
      held = held + 1
    end
  else
    redis.call('ZREM', KEYS[5], idx)
  end
end
return { settled, held, commit(now), open }
