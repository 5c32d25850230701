--[[ Cancels the files of a cancelling batch that no worker holds, a bounded number a call.
  KEYS  1 batch  2 states  3 facts  4 outbox  5 due  6 progress  7 redo
  ARGV  1 now  2 how many files to look at
  Reply {cancelled now, cursor, total, 1 when the run ended}
  Safe to repeat: call until cursor = total. ]]
local now = clock(ARGV[1])
if redis.call('HGET', KEYS[1], 'state') ~= 'cancelling' then return { 0, 0, 0, 0 } end
local from, total = batch_number('ccur'), batch_number('total')
local to = math.min(total, from + tonumber(ARGV[2]))
local maxlen = facts_maxlen()
local bytes = to > from and redis.call('GETRANGE', KEYS[2], from, to - 1) or ''
for i = 1, #bytes do
  if bytes:sub(i, i) == 'P' then settle(from + i - 1, 'P', 'X', '', maxlen) end
end
redis.call('HSET', KEYS[1], 'ccur', to)
-- called until the batch has ended: when only a wrong counter keeps it open, nobody else would look
if to >= total and moved.X == 0 then recount() end
return { moved.X, to, total, commit(now) }
