--[[ Lists a dead letter, and notes at the one it came from that its redrive died. The list is kept short: what nobody waits
  for goes first (discarded, then redriven), then the oldest.
  KEYS  1 meta  2 open  3 redriving  4 redriven  5 discarded  6 heads  7 states  8 contents  9 retried
  ARGV  1 id  2 other id (when the first is taken by an equal message)  3 '1' = redelivered  4 head (JSON)  5 content (JSON)
        6 file as batch:idx, '' = none  7 dead letter it was redriven from, '' = none  8 most entries  9 most bytes of content
  Reply {id, 1 when it is new, the dead letter it came from or ''}
  Safe to repeat: a redelivered message finds its own entry. ]]
local id = ARGV[1]
if redis.call('HEXISTS', KEYS[6], id) == 1 then
  if ARGV[3] == '1' then
    return { id, 0, cjson.decode(redis.call('HGET', KEYS[7], id)).of or '' }
  end
  id = ARGV[2]
end

local from = ARGV[7]
if from == '' and ARGV[6] ~= '' then from = redis.call('HGET', KEYS[9], ARGV[6]) or '' end
local origin = from ~= '' and redis.call('HGET', KEYS[7], from)
local state = origin and cjson.decode(origin)
if state and (state.state == 'redriven' or state.state == 'redriving') then
  state.again = id
  redis.call('HSET', KEYS[7], from, cjson.encode(state))
else
  from = ''
end
if ARGV[6] ~= '' then redis.call('HDEL', KEYS[9], ARGV[6]) end

-- every entry has a place of its own, so that a page can go on behind one
local t = redis.call('TIME')
local at = math.max(t[1] * 1000000 + t[2], tonumber(redis.call('HGET', KEYS[1], 'last') or 0) + 1)
redis.call('HSET', KEYS[1], 'last', string.format('%.0f', at))
redis.call('ZADD', KEYS[2], string.format('%.0f', at), id)
redis.call('HSET', KEYS[6], id, ARGV[4])
redis.call('HSET', KEYS[7], id, cjson.encode(from == '' and { state = 'open' } or { state = 'open', of = from }))
redis.call('HSET', KEYS[8], id, ARGV[5])
redis.call('HINCRBY', KEYS[1], 'bytes', content_bytes(id))

local function oldest()
  for _, name in ipairs({ 'discarded', 'redriven', 'open', 'redriving' }) do
    local first = redis.call('ZRANGE', LISTS[name], 0, 0)[1]
    if first and first ~= id then return first end
  end
end
for _ = 1, 64 do
  local full = redis.call('HLEN', KEYS[6]) > tonumber(ARGV[8]) or tonumber(redis.call('HGET', KEYS[1], 'bytes')) > tonumber(ARGV[9])
  local victim = full and oldest()
  if not victim then break end
  drop(victim)
end
return { id, 1, from }
