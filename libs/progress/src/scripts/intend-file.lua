--[[ The only gate to money: notes durably that one paid submit is about to be sent, and reserves its price.
  KEYS  1 batch  2 attempt  3 ledger  4 wire
  ARGV  1 now  2 idx  3 token  4 intent  5 price  6 most submits of a run  7 image URL  8 endpoint
  Reply 'ok' | 'state' (not running) | 'held' | 'fenced' | 'lease' (over) | 'open' (another intent) | 'most' (or given up in doubt) | 'budget' (the batch is held now)
  Safe to repeat: the same intent is 'ok' again until it is bound. ]]
local now, price = clock(ARGV[1]), tonumber(ARGV[5])
local b = redis.call('HMGET', KEYS[1], 'state', 'hold')
local a = redis.call('HMGET', KEYS[2], 'token', 'lease', 'out', 'intent', 'req', 'submits', 'given_up')
if a[1] ~= ARGV[3] or a[3] then return 'fenced' end
if a[4] == ARGV[4] and not a[5] then return 'ok' end
if b[1] ~= 'running' then return 'state' end
if held_back(b[2]) then return 'held' end
if not a[2] or tonumber(a[2]) <= now then return 'lease' end
if a[4] then return 'open' end
if a[7] or tonumber(a[6] or 0) >= tonumber(ARGV[6]) then return 'most' end
if over_budget(price) then
  local detail = string.format('the budget of %.2f USD is used up: %.2f USD spent, %.2f USD for files under way, %.2f USD for the next file; raise budget_usd to go on',
    money('budget') / 1e6, money('spent') / 1e6, money('reserved') / 1e6, price / 1e6)
  redis.call('HSET', KEYS[1], 'hold', cjson.encode({ budget = { detail = detail, since = now } }))
  return 'budget'
end
local at = string.format('%.0f', now)
redis.call('HSET', KEYS[2], 'intent', ARGV[4], 'intent_at', at, 'price', price, 'img', ARGV[7])
redis.call('HINCRBY', KEYS[2], 'submits', 1)
add(KEYS[1], 'reserved', price)
redis.call('ZADD', KEYS[4], at, ARGV[4])
write_row(ARGV[4], { i = tonumber(ARGV[2]), s = 'open', p = price, e = ARGV[8], at = now })
return 'ok'
