-- Shared by the scripts of the ledger. KEYS: 1 batch  2 attempt  3 ledger  4 wire
-- All amounts are whole millionths of a dollar.

local function money(field) return tonumber(redis.call('HGET', KEYS[1], field) or '0') end

-- One more price would break the budget.
local function over_budget(price)
  local budget = redis.call('HGET', KEYS[1], 'budget')
  return budget and money('spent') + money('reserved') + price > tonumber(budget)
end

-- A hold for want of budget ends as soon as one more file of that price fits. Returns 1 when nothing holds the batch any more.
local function lift_budget_hold(price)
  local text = redis.call('HGET', KEYS[1], 'hold')
  if not text then return 0 end
  local reasons, left = cjson.decode(text), 0
  if not reasons.budget or reasons.budget['until'] or over_budget(price) then return 0 end
  reasons.budget = nil
  for _ in pairs(reasons) do left = left + 1 end
  if left > 0 then
    redis.call('HSET', KEYS[1], 'hold', cjson.encode(reasons))
    return 0
  end
  redis.call('HDEL', KEYS[1], 'hold')
  return 1
end

-- A price of 0 taken away must not be written as -0, which Redis refuses.
local function add(key, field, micro) redis.call('HINCRBY', key, field, string.format('%.0f', micro + 0)) end

-- A hold for the tenant's day is for those that found it used up; who comes to the gate has its share of the day.
local function held_back(hold)
  if not hold then return false end
  for reason, why in pairs(cjson.decode(hold)) do
    if reason ~= 'budget' or not why['until'] then return true end
  end
  return false
end

local function row_of(intent)
  -- a deleted batch has no ledger any more, though its keys may still be there
  local text = redis.call('EXISTS', KEYS[1]) == 1 and redis.call('HGET', KEYS[3], intent)
  return text and cjson.decode(text) or nil
end
local function write_row(intent, row) redis.call('HSET', KEYS[3], intent, cjson.encode(row)) end

-- The file has no open intent and no generation any more; another one may be made.
local function forget_intent()
  redis.call('HDEL', KEYS[2], 'intent', 'intent_at', 'img', 'price', 'req', 'bound_at', 'work', 'seen')
end
