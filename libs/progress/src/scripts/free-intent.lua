--[[ Takes an intent back after proof that the provider accepted nothing: its price is free again.
  KEYS  1 batch  2 attempt  3 ledger  4 wire
  ARGV  1 intent
  Reply {'ok' | 'bound' | 'stale', 1 when that lifted the last hold}
  Safe to repeat. ]]
local row = row_of(ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
if not row or row.s ~= 'open' then return { row and row.s == 'bound' and 'bound' or 'stale', 0 } end
redis.call('HDEL', KEYS[3], ARGV[1])
add(KEYS[1], 'reserved', -row.p)
if redis.call('HGET', KEYS[2], 'intent') == ARGV[1] then
  forget_intent()
  redis.call('HINCRBY', KEYS[2], 'submits', -1)
end
return { 'ok', lift_budget_hold(row.p) }
