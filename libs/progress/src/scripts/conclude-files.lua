--[[ Writes how attempts ended, under their fencing tokens; the orchestrator settles from it.
  KEYS  1 batch  2 states  3 due  4… the attempt of each file
  ARGV  1 now  2 ms within which someone must settle  then idx, token, outcome (S|F|X), result (JSON) a file
  Reply one a file: 'ok' | 'concluded' (earlier; settle it) | 'settled' | 'fenced' | 'refused' (X of a batch that is not being cancelled) | 'nobatch'
  Safe to repeat: the first conclusion stands. ]]
local now = clock(ARGV[1])
local due = string.format('%.0f', now + tonumber(ARGV[2]))
local state = redis.call('HGET', KEYS[1], 'state')
local function conclude(key, idx, token, outcome, result)
  if not state then return 'nobatch' end
  if TERMINAL[state_of(idx)] then return 'settled' end
  local a = redis.call('HMGET', key, 'token', 'out')
  if a[2] then return 'concluded' end
  if a[1] ~= token then return 'fenced' end
  if outcome == 'X' and state ~= 'cancelling' then return 'refused' end
  redis.call('HSET', key, 'out', outcome, 'res', result, 'ended_at', string.format('%.0f', now))
  redis.call('HDEL', key, 'lease')
  redis.call('ZADD', KEYS[3], due, idx)
  return 'ok'
end
local reply = {}
for i = 4, #KEYS do
  local at = 3 + (i - 4) * 4
  reply[#reply + 1] = conclude(KEYS[i], ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3])
end
return reply
