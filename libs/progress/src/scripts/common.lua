-- Shared by the scripts of one batch. KEYS[1] is always the batch hash, KEYS[2] the states string.
local TERMINAL = { S = true, F = true, X = true }
-- The due time of a file that waits in the redo list: its place there moves it, not the reconciler.
local NEVER = 9007199254740991

-- Redis's clock in ms; a test may pass its own as `given` ('' = none).
local function clock(given)
  if given and given ~= '' then return tonumber(given) end
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function batch_number(field) return tonumber(redis.call('HGET', KEYS[1], field) or '0') end
local function state_of(idx) return redis.call('GETRANGE', KEYS[2], idx, idx) end
