--[[ Fails a file that no worker will finish (dead letter). A conclusion that is already there stands, and what is or may be
  paid for is not thrown away.
  KEYS  1 batch  2 states  3 facts  4 outbox  5 due  6 progress  7 redo  8 attempt
  ARGV  1 now  2 idx  3 error (JSON)
  Reply {'ok' | 'settled' | 'missing' | 'open' (an intent or a generation: its file goes on), 1 when the run ended}
  Safe to repeat. ]]
local now, idx = clock(ARGV[1]), ARGV[2]
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'missing', 0 } end
local byte = state_of(idx)
if byte == '' or TERMINAL[byte] then return { 'settled', 0 } end
local a = redis.call('HMGET', KEYS[8], 'out', 'res', 'intent')
if not a[1] and a[3] then return { 'open', 0 } end
if not a[1] then
  redis.call('HINCRBY', KEYS[8], 'token', 1)
  redis.call('HDEL', KEYS[8], 'lease')
  redis.call('HSET', KEYS[8], 'out', 'F', 'res', ARGV[3], 'ended_at', string.format('%.0f', now))
  a = { 'F', ARGV[3] }
end
settle(idx, byte, a[1], a[2] or '', facts_maxlen())
return { 'ok', commit(now) }
