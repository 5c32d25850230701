--[[ Opens a staged batch for its workers.
  KEYS  1 batch  2 states  3 facts  4 outbox  5 due  6 progress  7 redo
  ARGV  1 now ('' = Redis's clock)
  Reply the state afterwards, or 'missing'; 'staging' when its acceptance was abandoned
  Safe to repeat: an active batch stays as it is. ]]
local now = clock(ARGV[1])
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 'missing' end
if state == 'staging' and redis.call('HEXISTS', KEYS[1], 'abandoned') == 0 then
  redis.call('HSET', KEYS[1], 'state', 'running')
  -- files that the gateway refused are facts as well
  local maxlen = facts_maxlen()
  for i = 2, #ARGV, 2 do
    redis.call('XADD', KEYS[3], 'MAXLEN', '~', maxlen, '*', 't', 'F', 'i', ARGV[i], 'd', ARGV[i + 1])
  end
  finalise(now)
end
return redis.call('HGET', KEYS[1], 'state')
