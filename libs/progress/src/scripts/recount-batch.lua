--[[ Counts the states again (the truth) and corrects the counters; ends the run if every file is settled.
  KEYS  1 batch  2 states  3 facts  4 outbox  5 due  6 progress
  ARGV  1 now
  Reply {counters that were wrong, 1 when the run ended}
  Safe to repeat. ]]
if redis.call('EXISTS', KEYS[1]) == 0 then return { 0, 0 } end
local states, wrong = redis.call('GET', KEYS[2]) or '', 0
for _, letter in ipairs({ 'R', 'S', 'F', 'X' }) do
  local _, count = states:gsub(letter, '')
  if batch_number('n' .. letter) ~= count then
    wrong = wrong + 1
    redis.call('HSET', KEYS[1], 'n' .. letter, count)
  end
end
return { wrong, finalise(clock(ARGV[1])) }
