--[[ Notes that an endpoint did not take a message, and disables it when that has gone on for too long.
  KEYS  1 endpoint
  ARGV  1 now  2 ms of failing after which it is disabled ('0' = at once)  3 why, for people  4 ms the record is kept
  Reply 1 for the call that disabled it, else 0
  Safe to repeat: a disabled endpoint stays so until it is forgotten. ]]
local now = clock(ARGV[1])
local e = redis.call('HMGET', KEYS[1], 'failing_since', 'disabled_at')
redis.call('HSETNX', KEYS[1], 'failing_since', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if e[2] or now - tonumber(e[1] or now) < tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'disabled_at', string.format('%.0f', now), 'why', ARGV[3])
return 1
