--[[ Notes which generation an intent became. Keyed by the intent, not by a token: the answer of a zombie and a callback are welcome.
  KEYS  1 batch  2 attempt  3 ledger  4 wire
  ARGV  1 now  2 intent  3 request id  4 handle (JSON)
  Reply 'ok' | 'same' | 'conflict' (the intent has another request) | 'stale' (given up or replaced: the request is one too many) | 'unknown'
  Safe to repeat. ]]
local now = clock(ARGV[1])
local row = row_of(ARGV[2])
if not row then return 'unknown' end
redis.call('ZREM', KEYS[4], ARGV[2])
local a = redis.call('HMGET', KEYS[2], 'intent', 'req')
if row.r and row.r ~= ARGV[3] then return 'conflict' end
if a[1] ~= ARGV[2] then
  if row.r then return 'same' end
  -- paid for after all; when the intent was given up as doubtful its price is counted already
  if row.s == 'open' then
    add(KEYS[1], 'reserved', -row.p)
    add(KEYS[1], 'spent', row.p)
    add(KEYS[2], 'cost', row.p)
  end
  row.s, row.r = 'extra', ARGV[3]
  write_row(ARGV[2], row)
  return 'stale'
end
if a[2] then return 'same' end
redis.call('HSET', KEYS[2], 'req', ARGV[4], 'bound_at', string.format('%.0f', now))
add(KEYS[2], 'cost', row.p)
add(KEYS[1], 'reserved', -row.p)
add(KEYS[1], 'spent', row.p)
row.s, row.r = 'bound', ARGV[3]
write_row(ARGV[2], row)
return 'ok'
