--[[ Forgets old dead letters, whatever their state.
  KEYS  1 meta  2 open  3 redriving  4 redriven  5 discarded  6 heads  7 states  8 contents  9 retried
  ARGV  1 µs: older ones go  2 most of each state in this call
  Reply how many went
  Safe to repeat. ]]
local gone = 0
for _, list in pairs(LISTS) do
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', list, '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])) do
    drop(id)
    gone = gone + 1
  end
end
return gone
