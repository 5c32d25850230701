--[[ The request that began is still at work, or about to activate its batch.
  KEYS  1 record of the key
  ARGV  1 now  2 batch id  3 ms of the lease  4 ms the record is kept
        then only before the activation: 5 body hash  6 answer
  Reply 1 while the key is this batch's, else 0: the batch must not be activated
  Safe to repeat. ]]
local r = redis.call('HMGET', KEYS[1], 'batch', 'state')
if r[1] ~= ARGV[2] then return 0 end
if r[2] == 'accepted' then return 1 end
if ARGV[5] then redis.call('HSET', KEYS[1], 'state', 'accepting', 'body', ARGV[5], 'answer', ARGV[6]) end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', clock(ARGV[1]) + ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
