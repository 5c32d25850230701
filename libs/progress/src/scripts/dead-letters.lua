-- Shared by the scripts of the list of dead letters.
-- KEYS: 1 meta  2 open  3 redriving  4 redriven  5 discarded  6 heads  7 states  8 contents  9 retried
local LISTS = { open = KEYS[2], redriving = KEYS[3], redriven = KEYS[4], discarded = KEYS[5] }

local function repaired_field(id) return id .. '/repaired' end
local function content_bytes(id)
  return redis.call('HSTRLEN', KEYS[8], id) + redis.call('HSTRLEN', KEYS[8], repaired_field(id))
end

local function drop(id)
  redis.call('HINCRBY', KEYS[1], 'bytes', -content_bytes(id))
  local head = redis.call('HGET', KEYS[6], id)
  local file = head and cjson.decode(head).file
  if type(file) == 'string' and redis.call('HGET', KEYS[9], file) == id then redis.call('HDEL', KEYS[9], file) end
  for _, list in pairs(LISTS) do redis.call('ZREM', list, id) end
  redis.call('HDEL', KEYS[6], id)
  redis.call('HDEL', KEYS[7], id)
  redis.call('HDEL', KEYS[8], id, repaired_field(id))
end
