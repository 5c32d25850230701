--[[ Gives slots at the provider to those whose turn it is: max-min fair between tenants, then between their batches.
  KEYS  1 governor  2 slots  3 waiting  4 reports  5 ended
  ARGV  1 now  2 first limit  3 highest limit  4 '1' when this process asks for the first time
        then intent, batch, tenant of each request
  Reply {granted intents, those of them that probe a parked provider, code or '' when nobody waits, detail, ask again in ms}
  Safe to repeat: a request that has its slot keeps it. ]]
if g.most ~= ARGV[3] then put('most', ARGV[3]) end
-- only a process that starts may say so: in a rolling restart two values would undo each other all the time
if ARGV[4] == '1' and g.start ~= ARGV[2] then
  put('start', ARGV[2])
  put('limit', ARGV[2])
end

local live, used = live_slots()
local marks = live_marks()
local code, detail = gate()
local granted, probes, asked = {}, {}, {}
for i = 5, #ARGV, 3 do
  local intent, batch, tenant = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local slot = live[intent]
  if slot then
    slot.till = math.max(slot.till, now + SLOT_MS)
    write_slot(intent, slot)
    granted[#granted + 1] = intent
    if code and g.probe == intent then probes[#probes + 1] = intent end
  else
    local mark = marks[intent]
    marks[intent] = nil
    asked[#asked + 1] = { intent = intent, batch = batch, tenant = tenant, since = mark and mark.since or now, at = i }
  end
end
table.sort(asked, function(a, b) return a.since < b.since or (a.since == b.since and a.at < b.at) end)

local function grant(request)
  request.granted = true
  used = used + 1
  granted[#granted + 1] = request.intent
  local slot = { till = now + SLOT_MS, taken = now, bound = '0', batch = request.batch, tenant = request.tenant }
  write_slot(request.intent, slot)
  redis.call('HDEL', KEYS[3], request.intent)
  redis.call('ZREM', KEYS[5], request.intent)
end

-- Who has how many slots, and who waits: `mine` in this call, `theirs` by the marks of others.
local tenants = {}
local function entry(list, id)
  list[id] = list[id] or { n = 0, mine = {}, next = 1, theirs = 0, batches = {} }
  return list[id]
end
local function each_level(of, act)
  local tenant = entry(tenants, of.tenant)
  act(tenant)
  act(entry(tenant.batches, of.batch))
end
local function more(e) e.n = e.n + 1 end
for _, slot in pairs(live) do each_level(slot, more) end
for _, mark in pairs(marks) do
  each_level(mark, function(e)
    e.theirs = e.theirs + 1
    e.since = math.min(e.since or mark.since, mark.since)
  end)
end
for _, request in ipairs(asked) do
  each_level(request, function(e) e.mine[#e.mine + 1] = request end)
end

-- Fewest slots first. Among equals the first to have come: else the one that asks most often would have them all.
local function neediest(list)
  local best, best_since
  for _, e in pairs(list) do
    local mine = e.mine[e.next]
    if mine or e.theirs > 0 then
      local since = mine and mine.since or e.since + 0.5
      if not best or e.n < best.n or (e.n == best.n and since < best_since) then best, best_since = e, since end
    end
  end
  return best
end

-- A slot that is another's turn is left to it: it asks within the life of its mark.
local function share(free)
  for _ = 1, free do
    local tenant = neediest(tenants)
    if not tenant then return end
    local batch = neediest(tenant.batches)
    local request = batch.mine[batch.next]
    if request then grant(request) end
    for _, e in ipairs({ tenant, batch }) do
      e.n = e.n + 1
      if request then e.next = e.next + 1 else e.theirs = e.theirs - 1 end
    end
  end
end

local allowed = permitted()
if not code then
  share(allowed - used)
elseif code ~= 'provider_paused' and asked[1] and num('stop_until') <= now and num('probe_at') <= now
  and used < ceiling() then
  -- above the permitted number: slots that only a repaired key can end must not keep the probe out
  grant(asked[1])
  probes[#probes + 1] = asked[1].intent
  put('probe', asked[1].intent)
  put('probe_at', whole(now + PROBE_MS))
end

local waits = 0
for _, request in ipairs(asked) do
  if not request.granted then
    waits = waits + 1
    redis.call('HSET', KEYS[3], request.intent,
      table.concat({ whole(now), whole(request.since), request.batch, request.tenant }, '|'))
  end
end
if waits == 0 then return { granted, probes, '', '', 0 } end
redis.call('PEXPIRE', KEYS[3], 10 * MARK_MS)
if code then
  local rest = math.max(num('stop_until'), num('probe_at')) - now
  return { granted, probes, code, detail, math.max(50, math.min(1000, code == 'provider_paused' and 1000 or rest)) }
end
put('hungry_at', whole(now))
-- the rarer the ends, the rarer the questions
local again = math.max(50, math.min(500, math.floor((now - num('released_at')) / 8)))
return { granted, probes, 'provider_concurrency', used .. ' of ' .. allowed .. ' places at the provider are taken', again }
