--[[ Notes that the image of an intent was fetched: only who got its submit knows the address, so it was accepted.
  KEYS  1 batch  2 attempt  3 ledger  4 wire
  ARGV  1 now  2 intent
  Reply 'ok' | 'gone' (not the intent of its file any more, or the file has ended)
  Safe to repeat: the first time stays. ]]
local a = redis.call('HMGET', KEYS[2], 'intent', 'out')
if redis.call('EXISTS', KEYS[1]) == 0 or a[1] ~= ARGV[2] or a[2] then return 'gone' end
redis.call('HSETNX', KEYS[2], 'seen', string.format('%.0f', clock(ARGV[1])))
return 'ok'
