--[[ Notes durably that the failed files of an ended run are to be tried again, before an index or a client hears of it.
  KEYS  1 batch  2 states
  ARGV  1 run that ended  2 codes of the failures to retry (JSON array), '' = all  3 what a file is expected to cost
        4 which files (JSON array of idx), '' = all
  Reply {'asked' | 'nothing' (no failed file) | 'live' | 'over' (another run came after that one) | 'missing', run}
  Safe to repeat: until the new run begins, the last request stands. ]]
local b = redis.call('HMGET', KEYS[1], 'state', 'run')
if not b[1] then return { 'missing', 0 } end
local run = tonumber(b[2])
if run ~= tonumber(ARGV[1]) then return { 'over', run } end
if b[1] == 'staging' or b[1] == 'running' or b[1] == 'cancelling' then return { 'live', run } end
if not string.find(redis.call('GET', KEYS[2]) or '', 'F', 1, true) then return { 'nothing', run } end
redis.call('HSET', KEYS[1], 'retry_asked', run, 'retry_codes', ARGV[2], 'retry_price', ARGV[3] or 0, 'retry_files', ARGV[4] or '')
return { 'asked', run }
