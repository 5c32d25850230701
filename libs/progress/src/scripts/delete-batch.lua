--[[ Deletes a batch for everybody: its hash becomes its tombstone, so that every other script finds no batch.
  KEYS  1 batch  2 tombstone  3 outbox  4 due
  ARGV  1 now
  Reply 'deleted' | 'missing' | 'live' (not terminal, or asked to retry) | 'busy' (its completion is not relayed, or a lease is held)
  Safe to repeat: the second call finds the batch missing. ]]
local state, retry = unpack(redis.call('HMGET', KEYS[1], 'state', 'retry_asked'))
if not state then return 'missing' end
if state == 'staging' or state == 'running' or state == 'cancelling' or retry then return 'live' end
local now = string.format('%.0f', clock(ARGV[1]))
-- a held file is due when its lease ends
if redis.call('HLEN', KEYS[3]) > 0 or redis.call('ZCOUNT', KEYS[4], now, '+inf') > 0 then return 'busy' end
redis.call('RENAME', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[2], 'deleted_at', now)
return 'deleted'
