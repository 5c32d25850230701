--[[ The request with an idempotency key is over: its batch is active, or will never be.
  KEYS  1 record of the key
  ARGV  1 batch id  2 'accepted' | 'freed'  3 ms an accepted record is kept
  Reply what is true of this batch afterwards: 'accepted' | 'freed' (the key is free, or another batch has it)
  Safe to repeat: what was accepted stays accepted. ]]
local r = redis.call('HMGET', KEYS[1], 'batch', 'state')
if r[1] ~= ARGV[1] then return 'freed' end
if r[2] == 'accepted' then return 'accepted' end
if ARGV[2] == 'freed' then
  redis.call('DEL', KEYS[1])
  return 'freed'
end
redis.call('HSET', KEYS[1], 'state', 'accepted')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 'accepted'
