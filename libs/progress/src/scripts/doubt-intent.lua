--[[ Gives up on an intent of which nobody could say what became of it; its price counts as spent.
  KEYS  1 batch  2 attempt  3 ledger  4 wire
  ARGV  1 intent  2 '1' = only when the file was not given a second submit before
  Reply 'ok' | 'fetched' (its image was: accepted, and nobody knows as which request; no second submit, given up without '1')
    | 'bound' (it was found after all) | 'stale' | 'again' (the second submit is used up)
  Safe to repeat. ]]
local row = row_of(ARGV[1])
local a = redis.call('HMGET', KEYS[2], 'intent', 'req', 'again', 'seen')
if not row or a[1] ~= ARGV[1] then return 'stale' end
if a[2] then return 'bound' end
if ARGV[2] == '1' then
  if a[4] then return 'fetched' end
  if a[3] then return 'again' end
  redis.call('HSET', KEYS[2], 'again', 1)
else
  -- a worker that dies before it fails the file must not have it submitted once more
  redis.call('HSET', KEYS[2], 'given_up', 1)
end
row.s = 'doubtful'
write_row(ARGV[1], row)
redis.call('ZREM', KEYS[4], ARGV[1])
add(KEYS[1], 'reserved', -row.p)
add(KEYS[1], 'spent', row.p)
add(KEYS[2], 'cost', row.p)
forget_intent()
return a[4] and 'fetched' or 'ok'
