--[[ Gives a dead letter another state, when it is in the one that the caller thinks it is in.
  KEYS  1 meta  2 open  3 redriving  4 redriven  5 discarded  6 heads  7 states  8 contents  9 retried
  ARGV  1 id  2 from  3 to  4 ms  5 detail, '' = none  6 by whom, '' = as before  7 '=' the repaired body stays, else the new one ('' = none)
        8 run of the batch that a retry is about to follow, '' = none  9 '1' = its file is retried: should it die again, that is this one's redrive
  Reply 'ok' | 'missing' | the state it is in
  Safe to repeat: the second call finds another state. ]]
local id, from, to = ARGV[1], ARGV[2], ARGV[3]
local text = redis.call('HGET', KEYS[7], id)
if not text then return 'missing' end
local s = cjson.decode(text)
if s.state ~= from then return s.state end
if from ~= to then
  redis.call('ZADD', LISTS[to], redis.call('ZSCORE', LISTS[from], id), id)
  redis.call('ZREM', LISTS[from], id)
end
s.state, s.at = to, tonumber(ARGV[4])
s.detail = ARGV[5] ~= '' and ARGV[5] or nil
if ARGV[6] ~= '' then s.by = ARGV[6] end
s.run = tonumber(ARGV[8])
if ARGV[7] ~= '=' then s.repaired = ARGV[7] ~= '' end
redis.call('HSET', KEYS[7], id, cjson.encode(s))
if ARGV[7] ~= '=' then
  local before = content_bytes(id)
  if ARGV[7] == '' then redis.call('HDEL', KEYS[8], repaired_field(id)) else redis.call('HSET', KEYS[8], repaired_field(id), ARGV[7]) end
  redis.call('HINCRBY', KEYS[1], 'bytes', content_bytes(id) - before)
end
if ARGV[9] == '1' then
  local file = cjson.decode(redis.call('HGET', KEYS[6], id)).file
  if type(file) == 'string' then redis.call('HSET', KEYS[9], file, id) end
end
return 'ok'
