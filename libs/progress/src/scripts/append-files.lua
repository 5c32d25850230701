--[[ Adds files to the end of a running batch that is not sealed.
  KEYS  1 batch  2 states  3 facts  4 sources  5… the attempt of each refused file
  ARGV  1 now  2 append id  3 first idx  4 most files of a batch  5 how many files  then one source a file,
        then idx and error (JSON) a refused file
  Reply {'ok', first idx, total} | {'moved' | 'full', 0, total} | {'sealed' | 'missing', 0, 0}
  Safe to repeat with the same append id: the last append is recognised; an older one finds the total 'moved'. ]]
local b = redis.call('HMGET', KEYS[1], 'state', 'sealed', 'total', 'append_id', 'append_from')
if not b[1] then return { 'missing', 0, 0 } end
local total, from, count = tonumber(b[3]), tonumber(ARGV[3]), tonumber(ARGV[5])
if b[4] == ARGV[2] then return { 'ok', tonumber(b[5]), total } end
if b[1] ~= 'running' or b[2] == '1' then return { 'sealed', 0, 0 } end
if total ~= from then return { 'moved', 0, total } end
if total + count > tonumber(ARGV[4]) then return { 'full', 0, total } end
local sources = {}
for i = 6, 5 + count do sources[#sources + 1] = ARGV[i] end
redis.call('RPUSH', KEYS[4], unpack(sources))
redis.call('SETRANGE', KEYS[2], from, string.rep('P', count))
total = from + count
redis.call('HSET', KEYS[1], 'total', total, 'append_id', ARGV[2], 'append_from', from)
local now = string.format('%.0f', clock(ARGV[1]))
for i = 5, #KEYS do
  local at = 6 + count + (i - 5) * 2
  local idx, problem = ARGV[at], ARGV[at + 1]
  redis.call('SETRANGE', KEYS[2], idx, 'F')
  redis.call('HSET', KEYS[i], 'out', 'F', 'res', problem, 'ended_at', now)
  redis.call('HINCRBY', KEYS[1], 'nF', 1)
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', 3 * total + 1000, '*', 't', 'F', 'i', idx, 'd', problem)
end
return { 'ok', from, total }
