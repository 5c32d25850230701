--[[ Takes in what one process sees of its generations at the provider, and moves the limit.
  KEYS  1 governor  2 slots  3 waiting  4 reports  5 ended
  ARGV  1 now  2 first limit  3 highest limit  4 instance  5 queued  6 running  7 started at once  8 waited
  Reply the limit
  A repeat counts its new requests twice, which moves an estimate by as much as one busy moment does. ]]
local TRY_MS = 6000
local at_once, waited = tonumber(ARGV[7]), tonumber(ARGV[8])
redis.call('HSET', KEYS[4], ARGV[4], table.concat({ whole(now), ARGV[5], ARGV[6] }, '|'))
redis.call('PEXPIRE', KEYS[4], 10 * MARK_MS)
local queued, running = 0, 0
for instance, text in pairs(hash(KEYS[4])) do
  local at, q, r = string.match(text, '^(%d+)|(%d+)|(%d+)$')
  if tonumber(at) > now - MARK_MS then
    queued, running = queued + tonumber(q), running + tonumber(r)
  else
    redis.call('HDEL', KEYS[4], instance)
  end
end

-- What is seen is late by one look, so single sights mislead while their averages do not.
local weight = math.min(0.3, 1 - math.exp((num('seen_at') - now) / 2000))
-- nor does what was seen before a pause of all reports say anything of now
if now - num('seen_at') > MARK_MS then drop('queued', 'running') end
local function average(field, seen)
  local value = num(field) + (seen - num(field)) * weight
  put(field, string.format('%.4f', value))
  return value
end
local queue, busy = average('queued', queued), average('running', running)
put('seen_at', whole(now))
-- The share of the last requests that had to wait, by requests and not by time: generations last 1 s or 2 min.
local memory = 1 - 1 / (8 + limit() / 2)
local waits = 1 - (1 - num('waits') * memory ^ at_once) * memory ^ waited
put('waits', string.format('%.4f', waits))

local before = limit()
local after = before
local idle_for = now - num('moved_at')
if now - num('hungry_at') <= 1000 and not gate() then
  if waits < 0.06 then
    after = before + at_once
  elseif waits < 0.4 and at_once > 0 and idle_for >= 1000 then
    after = before + 1
  elseif idle_for >= TRY_MS and queue < permitted() - before then
    -- a provider that takes its time to start anything looks full: only more requests can tell, twice as many each
    -- time until they pile up
    local step = math.max(1, math.min(2 * num('step'), before))
    put('step', whole(step))
    after = before + step
  end
end
-- so many run at the same time: the account allows at least as many
local proven = math.floor(busy + 0.4)
after = math.min(math.max(after, proven), most())
if now - num('halved_at') < 10000 and num('halved_at') > 0 then
  after = math.min(after, idle_for >= 1000 and before + 1 or before)
end
if after <= before and before > math.max(1, proven) and queue > permitted() - before + 0.5 and idle_for >= 1000 then
  after = before - 1
  drop('step')
end
if after ~= before then
  put('limit', whole(after))
  put('moved_at', whole(now))
end
return after
