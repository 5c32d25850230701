--[[ Takes files off the redo list after their messages were confirmed, and notes when they are due.
  KEYS  1 batch  2 states  3 due  4 redo
  ARGV  1 now  2 due in ms from now  then idx, place a file
  Reply how many were taken off
  Safe to repeat: a file that came back meanwhile has another place in the list and stays. ]]
local due, taken = string.format('%.0f', clock(ARGV[1]) + tonumber(ARGV[2])), 0
for i = 3, #ARGV, 2 do
  local idx, place = ARGV[i], redis.call('ZSCORE', KEYS[4], ARGV[i])
  if place and tonumber(place) == tonumber(ARGV[i + 1]) then
    redis.call('ZREM', KEYS[4], idx)
    taken = taken + 1
    local byte, known = state_of(idx), redis.call('ZSCORE', KEYS[3], idx)
    -- a file that was claimed or parked already has a time of its own
    if byte ~= '' and not TERMINAL[byte] and (not known or tonumber(known) == NEVER) then
      redis.call('ZADD', KEYS[3], due, idx)
    end
  end
end
return taken
