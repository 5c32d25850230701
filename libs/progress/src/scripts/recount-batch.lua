--[[ Counts the states again (the truth) and corrects the counters; ends the run if every file is settled.
  KEYS  1 batch  2 states  3 facts  4 outbox  5 due  6 progress  7 redo
  ARGV  1 now
  Reply {counters that were wrong, 1 when the run ended}
  Safe to repeat. ]]
if redis.call('EXISTS', KEYS[1]) == 0 then return { 0, 0 } end
local _, wrong = recount()
return { wrong, finalise(clock(ARGV[1])) }
