--[[ The generation of an intent ended without being billed: its price is free again and the file may be submitted anew.
  KEYS  1 batch  2 attempt  3 ledger  4 wire
  ARGV  1 intent
  Reply {'ok' | 'stale', 1 when that lifted the last hold}
  Safe to repeat. ]]
local row = row_of(ARGV[1])
if not row or row.s ~= 'bound' or redis.call('HGET', KEYS[2], 'intent') ~= ARGV[1] then return { 'stale', 0 } end
row.s = 'unbilled'
write_row(ARGV[1], row)
add(KEYS[1], 'spent', -row.p)
add(KEYS[2], 'cost', -row.p)
forget_intent()
return { 'ok', lift_budget_hold(row.p) }
