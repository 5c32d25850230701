--[[ Deletes a batch for everybody: its hash becomes its tombstone, so that every other script finds no batch.
  KEYS  1 batch  2 tombstone  3 outbox  4 due
  ARGV  1 now  2 'over': only when its retention is over; '' = also before
  Reply {'deleted' | 'missing' | 'live' (not terminal, or asked to retry) | 'busy' (its completion is not relayed, or a lease is held)
         | 'young' (its retention is not over), tenant or '', files, when its retention is over (ms as text, '' = not known)}
  Safe to repeat: the second call finds the batch missing. ]]
local b = redis.call('HMGET', KEYS[1], 'state', 'retry_asked', 'tenant', 'total', 'finished_at', 'retention_h')
local state = b[1]
if not state then return { 'missing', '', 0, '' } end
local function answer(status, over) return { status, b[3] or '', tonumber(b[4] or 0), over or '' } end
if state == 'staging' or state == 'running' or state == 'cancelling' or b[2] then return answer('live') end
local now = clock(ARGV[1])
if ARGV[2] == 'over' then
  -- the clock of the end of the last run, never that of a file
  if not b[5] then return answer('live') end
  local over = tonumber(b[5]) + tonumber(b[6] or 0) * 3600000
  if over > now then return answer('young', string.format('%.0f', over)) end
end
now = string.format('%.0f', now)
-- a held file is due when its lease ends
if redis.call('HLEN', KEYS[3]) > 0 or redis.call('ZCOUNT', KEYS[4], now, '+inf') > 0 then return answer('busy') end
redis.call('RENAME', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[2], 'deleted_at', now)
return answer('deleted')
