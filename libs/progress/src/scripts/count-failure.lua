--[[ Counts one failed try of a kind on a file, for the retry policy.
  KEYS  1 batch  2 states  3 attempt
  ARGV  1 token  2 kind
  Reply tries of that kind so far, or 'fenced'
  Not safe to repeat: a repeat counts twice; the claim's holder calls it once a failure. ]]
if redis.call('HGET', KEYS[3], 'token') ~= ARGV[1] then return 'fenced' end
return tostring(redis.call('HINCRBY', KEYS[3], 'k:' .. ARGV[2], 1))
