--[[ Settles files of one batch from their conclusions; the last one ends the run.
  KEYS  1 batch  2 states  3 facts  4 outbox  5 due  6 progress  7 redo  8… the attempt of each file
  ARGV  1 now  then idx a file
  Reply {completed, failed, cancelled, already settled, not concluded, 1 when the run ended, state, 1 when its webhook wants to hear of files}
  Safe to repeat: the first terminal state wins, later calls change nothing. ]]
local now = clock(ARGV[1])
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return { 0, 0, 0, 0, 0, 0, 'missing', 0 } end
local maxlen, repeated, open = facts_maxlen(), 0, 0
for i = 8, #KEYS do
  local idx = ARGV[i - 6]
  local byte = state_of(idx)
  if byte == '' or TERMINAL[byte] then
    repeated = repeated + 1
  else
    local a = redis.call('HMGET', KEYS[i], 'out', 'res')
    if a[1] then settle(idx, byte, a[1], a[2] or '', maxlen) else open = open + 1 end
  end
end
local last = commit(now)
local b = redis.call('HMGET', KEYS[1], 'state', 'wh_files')
return { moved.S, moved.F, moved.X, repeated, open, last, b[1], b[2] and 1 or 0 }
