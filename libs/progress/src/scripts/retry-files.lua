--[[ Looks at the next files of a batch whose retry has begun: the chosen failed ones wait in the redo list, as if new.
  KEYS  1 batch  2 states  3 facts  4 outbox  5 due  6 progress  7 redo  8… the attempts of the files from `at` on
  ARGV  1 now  2 at: the first idx to look at
  Reply {chosen now, idx to go on from, or -1 when all were looked at or no retry is under way}
  Safe to repeat: a call with another `at` than the batch's changes nothing and says where to go on. ]]
local b = redis.call('HMGET', KEYS[1], 'retry_at', 'retry_codes', 'total', 'retry_price', 'retry_files')
if not b[1] then return { 0, -1 } end
local at, total = tonumber(b[1]), tonumber(b[3])
if at ~= tonumber(ARGV[2]) then return { 0, at } end
local wanted
if b[2] and b[2] ~= '' then
  wanted = {}
  for _, code in ipairs(cjson.decode(b[2])) do wanted[code] = true end
end
local named
if b[5] and b[5] ~= '' then
  named = {}
  for _, idx in ipairs(cjson.decode(b[5])) do named[idx] = true end
end
local chosen, to = 0, math.min(total, at + #KEYS - 7)
local bytes = to > at and redis.call('GETRANGE', KEYS[2], at, to - 1) or ''
for i = 1, #bytes do
  local idx, key = at + i - 1, KEYS[7 + i]
  if bytes:sub(i, i) == 'F' and (not named or named[idx]) then
    local a = redis.call('HMGET', key, 'token', 'gen', 'copies', 'attempts', 'res', 'cost')
    local read, result = pcall(cjson.decode, a[5] or '')
    if not wanted or (read and wanted[result.code]) then
      -- token and gen go on growing: whoever still holds or carries the file of the old run is refused
      redis.call('DEL', key)
      redis.call('HSET', key, 'token', (a[1] or 0) + 1, 'gen', (a[2] or 0) + 1, 'copies', a[3] or 0, 'attempts', a[4] or 0, 'cost', a[6] or 0)
      redis.call('SETRANGE', KEYS[2], idx, 'P')
      redis.call('ZADD', KEYS[7], redis.call('HINCRBY', KEYS[1], 'redo_seq', 1), idx)
      chosen = chosen + 1
    end
  end
end
if chosen > 0 then
  redis.call('HINCRBY', KEYS[1], 'nF', -chosen)
  redis.call('HINCRBY', KEYS[1], 'est', string.format('%.0f', chosen * tonumber(b[4] or 0)))
end
if to < total then
  redis.call('HSET', KEYS[1], 'retry_at', to)
  return { chosen, to }
end
redis.call('HDEL', KEYS[1], 'retry_at', 'retry_codes', 'retry_price', 'retry_files')
finalise(clock(ARGV[1]))
return { chosen, -1 }
