--[[ Reserves money of a tenant's UTC day, gives a reservation back, or only looks.
  KEYS  1–4 the hashes of four days in turn: day, total, and each intent's micro-USD
  ARGV  1 now  2 'reserve' | 'free' | 'look'  3 intent  4 micro-USD  5 cap ('' none)
  Reply {1, or 0 when it would be above the cap; total of today; ms when the next day begins}
  Safe to repeat: an intent is reserved once and given back once, in the day in which it was reserved. ]]
local DAY_MS, KEEP_MS = 86400000, 259200000
local now = clock(ARGV[1])
local day = math.floor(now / DAY_MS)
local today = KEYS[day % 4 + 1]
if redis.call('HGET', today, 'day') ~= tostring(day) then redis.call('UNLINK', today) end
local total = tonumber(redis.call('HGET', today, 'total') or '0')
local function reply(ok, sum) return { ok, sum, (day + 1) * DAY_MS } end
if ARGV[2] == 'look' then return reply(1, total) end

for i = 1, 4 do
  local reserved = redis.call('HGET', KEYS[i], ARGV[3])
  if reserved then
    if ARGV[2] == 'free' then
      redis.call('HDEL', KEYS[i], ARGV[3])
      redis.call('HINCRBY', KEYS[i], 'total', string.format('%.0f', 0 - tonumber(reserved)))
    end
    return reply(1, tonumber(redis.call('HGET', today, 'total') or '0'))
  end
end
if ARGV[2] == 'free' then return reply(1, total) end
local micro = tonumber(ARGV[4])
if ARGV[5] ~= '' and total + micro > tonumber(ARGV[5]) then return reply(0, total) end
redis.call('HSET', today, 'day', tostring(day), ARGV[3], ARGV[4])
redis.call('PEXPIRE', today, KEEP_MS)
return reply(1, redis.call('HINCRBY', today, 'total', ARGV[4]))
