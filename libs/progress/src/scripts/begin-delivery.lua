--[[ Takes one try of a delivery.
  KEYS  1 batch  2 delivery
  ARGV  1 now  2 ladder  3 tried  4 who takes it  5 for how long, ms
  Reply {'gone' | 'old'} | {'wait', ms} | {'go', url, tenant, event, body, 1 when asked for by hand}
  Safe to repeat: whoever has the try gets it again. ]]
local now = clock(ARGV[1])
local b = redis.call('HMGET', KEYS[1], 'wh_url', 'tenant')
local d = redis.call('HMGET', KEYS[2], 'state', 'ladder', 'tried', 'next_at', 'holder', 'held_till', 'event', 'body')
if not b[1] or not d[1] then return { 'gone' } end
if d[1] ~= 'pending' or d[2] ~= ARGV[2] or d[3] ~= ARGV[3] then return { 'old' } end
local held = d[5] and d[5] ~= ARGV[4] and tonumber(d[6]) - now or 0
local wait = math.max(held, tonumber(d[4]) - now)
if wait > 0 then return { 'wait', math.ceil(wait) } end
redis.call('HSET', KEYS[2], 'holder', ARGV[4], 'held_till', string.format('%.0f', now + tonumber(ARGV[5])))
return { 'go', b[1], b[2], d[7], d[8], tonumber(d[2]) > 1 and 1 or 0 }
