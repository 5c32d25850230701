--[[ Changes what a batch was created with: all that is asked, or nothing. A hold for want of budget ends when the budget
  now covers one more file.
  KEYS  1 batch
  ARGV  1 price of a file  then field, value pairs: name | lane | retention_h | budget; '' takes a name or a budget away
  Reply {'ok' | 'ended' (lane and budget of a batch that is not running) | 'low' (a budget below what is used) | 'missing',
         state, lane before, 1 when that lifted the last hold, spent, reserved}
  Safe to repeat: what is so already is no change. ]]
local b = redis.call('HMGET', KEYS[1], 'state', 'lane')
if not b[1] or b[1] == 'staging' then return { 'missing', 'missing', '', 0, 0, 0 } end
local spent, reserved = money('spent'), money('reserved')
local function answer(status, lifted) return { status, b[1], b[2], lifted, spent, reserved } end

local changes = {}
for i = 2, #ARGV, 2 do
  local field, value = ARGV[i], ARGV[i + 1]
  if (redis.call('HGET', KEYS[1], field) or '') ~= value then
    if (field == 'lane' or field == 'budget') and b[1] ~= 'running' then return answer('ended', 0) end
    if field == 'budget' and value ~= '' and tonumber(value) < spent + reserved then return answer('low', 0) end
    changes[field] = value
  end
end
for field, value in pairs(changes) do
  if value == '' then redis.call('HDEL', KEYS[1], field) else redis.call('HSET', KEYS[1], field, value) end
end
return answer('ok', b[1] == 'running' and lift_budget_hold(tonumber(ARGV[1])) or 0)
