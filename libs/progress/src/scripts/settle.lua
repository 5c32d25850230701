-- Shared by the scripts that settle. KEYS: 1 batch  2 states  3 facts  4 outbox  5 due  6 progress  7 redo

-- Counts the states, which are the truth, and corrects the counters. Returns the counts and how many were wrong.
local function recount()
  local states, counts, wrong = redis.call('GET', KEYS[2]) or '', {}, 0
  for _, letter in ipairs({ 'R', 'S', 'F', 'X' }) do
    local _, count = states:gsub(letter, '')
    counts[letter] = count
    if batch_number('n' .. letter) ~= count then
      wrong = wrong + 1
      redis.call('HSET', KEYS[1], 'n' .. letter, count)
    end
  end
  return counts, wrong
end

-- Ends the run of the batch when every file is settled: state, outbox row and fact in the same atomic step.
local function finalise(now)
  local b = redis.call('HMGET', KEYS[1], 'state', 'sealed', 'total', 'nS', 'nF', 'nX', 'run', 'id', 'retry_at')
  if b[1] ~= 'running' and b[1] ~= 'cancelling' then return 0 end
  if b[2] ~= '1' or b[9] then return 0 end
  local total = tonumber(b[3])
  if tonumber(b[4] or 0) + tonumber(b[5] or 0) + tonumber(b[6] or 0) < total then return 0 end
  -- the counters only say when to look: a wrong one must not end a run with open files, nor tell wrong counts
  local counts = recount()
  local s, f, x = counts.S, counts.F, counts.X
  if s + f + x < total then return 0 end
  local final = 'completed'
  if x > 0 then final = 'cancelled' elseif s == 0 and total > 0 then final = 'failed' elseif f > 0 then final = 'partial' end
  redis.call('HSET', KEYS[1], 'state', final, 'finished_at', string.format('%.0f', now))
  redis.call('HDEL', KEYS[1], 'hold')
  local body = cjson.encode({ run = tonumber(b[7]), status = final, total = total, completed = s, failed = f, cancelled = x, finishedAt = now })
  redis.call('HSET', KEYS[4], 'batch.completed:' .. b[8] .. ':' .. b[7], body)
  redis.call('XADD', KEYS[3], '*', 't', 'B', 'd', body)
  redis.call('DEL', KEYS[5], KEYS[6], KEYS[7])
  return 1
end

-- Collects settlements of one call, so that each counter is written once.
local moved = { R = 0, S = 0, F = 0, X = 0 }
local redo = redis.call('EXISTS', KEYS[7]) == 1
local function settle(idx, from, to, detail, maxlen)
  redis.call('SETRANGE', KEYS[2], idx, to)
  if from == 'R' then moved.R = moved.R + 1 end
  moved[to] = moved[to] + 1
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', maxlen, '*', 't', to, 'i', idx, 'd', detail)
  redis.call('ZREM', KEYS[5], idx)
  redis.call('HDEL', KEYS[6], idx)
  if redo then redis.call('ZREM', KEYS[7], idx) end
end

-- Writes the counters and ends the run if that was the last file. Returns 1 when it did.
local function commit(now)
  if moved.R > 0 then redis.call('HINCRBY', KEYS[1], 'nR', -moved.R) end
  for _, to in ipairs({ 'S', 'F', 'X' }) do
    if moved[to] > 0 then redis.call('HINCRBY', KEYS[1], 'n' .. to, moved[to]) end
  end
  return finalise(now)
end

local function facts_maxlen() return 3 * batch_number('total') + 1000 end
