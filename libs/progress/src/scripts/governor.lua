-- Shared by the scripts of one provider's governor.
-- KEYS of all of them: 1 governor  2 slots  3 waiting  4 reports  5 ended.  ARGV: 1 now  2 first limit  3 highest limit.
local SLOT_MS, MARK_MS, ENDED_MS = 60000, 2000, 60000
local PROBE_MS, ROW, SUBMIT_MS = 10000, 5, 20000
local now = clock(ARGV[1])

local function whole(n) return string.format('%.0f', n) end

local function hash(key)
  local flat, map = redis.call('HGETALL', key), {}
  for i = 1, #flat, 2 do map[flat[i]] = flat[i + 1] end
  return map
end

local g = hash(KEYS[1])
local function num(field) return tonumber(g[field] or '0') end
local function put(field, value)
  g[field] = value
  redis.call('HSET', KEYS[1], field, value)
end
local function drop(...)
  for _, field in ipairs({ ... }) do g[field] = nil end
  return redis.call('HDEL', KEYS[1], ...)
end

local function most() return tonumber(g.most or ARGV[3]) end
local function limit() return math.max(1, math.min(tonumber(g.limit or ARGV[2]), most())) end
local function ceiling() return math.max(1, math.floor(most() * 1.25)) end
-- The surplus waits in the provider's own queue and keeps its places busy while we notice that others ended: a limit
-- of 1 without one would leave the provider idle from the end of each generation to the next submit.
local function permitted() return math.min(limit() + math.ceil(limit() / 4), ceiling()) end

-- Who stops everybody: code and detail, or nothing. The operator's word goes first.
local function gate()
  if g.paused_at then return 'provider_paused', g.paused_why end
  if g.park_at then return g.park_code, g.park_why end
  if num('stop_until') > now or num('row') >= ROW then return 'rate_limit', 'the provider refused too many requests' end
end

-- A slot is `till|taken|bound|batch|tenant`; the ones whose time is over do not count and are forgotten.
local function write_slot(intent, s)
  redis.call('HSET', KEYS[2], intent,
    table.concat({ whole(s.till), whole(s.taken), s.bound, s.batch, s.tenant }, '|'))
end
local function live_slots()
  local live, used = {}, 0
  for intent, text in pairs(hash(KEYS[2])) do
    local till, taken, bound, batch, tenant = string.match(text, '^(%d+)|(%d+)|(%d)|([^|]*)|(.*)$')
    if tonumber(till) > now then
      live[intent] = { till = tonumber(till), taken = tonumber(taken), bound = bound, batch = batch, tenant = tenant }
      used = used + 1
    else
      redis.call('HDEL', KEYS[2], intent)
    end
  end
  return live, used
end

-- A mark of a waiting request is `asked|since|batch|tenant`; it dies when nobody asks for it again.
local function live_marks()
  local marks, count = {}, 0
  for intent, text in pairs(hash(KEYS[3])) do
    local asked, since, batch, tenant = string.match(text, '^(%d+)|(%d+)|([^|]*)|(.*)$')
    if tonumber(asked) > now - MARK_MS then
      marks[intent] = { since = tonumber(since), batch = batch, tenant = tenant }
      count = count + 1
    else
      redis.call('HDEL', KEYS[3], intent)
    end
  end
  return marks, count
end
