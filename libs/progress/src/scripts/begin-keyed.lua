--[[ A request with an idempotency key asks to create a batch.
  KEYS  1 record of the key
  ARGV  1 now ('' = Redis's clock)  2 batch id  3 ms of the lease  4 ms the record is kept
        5 a batch that can never become active any more ('' = none known)
  Reply {'began', batch it takes over from or '', '', '', 0} | {'busy', batch, '', '', ms left of its lease}
        | {'unsure', batch, '', '', 0}: its request died about the activation | {'accepted', batch, body hash, answer, 0}
  Safe to repeat: the batch that began begins again. ]]
local now = clock(ARGV[1])
local r = redis.call('HMGET', KEYS[1], 'batch', 'state', 'until', 'body', 'answer')
local batch, state = r[1], r[2]
if state == 'accepted' then return { 'accepted', batch, r[4] or '', r[5] or '', 0 } end
if batch and batch ~= ARGV[2] and batch ~= ARGV[5] then
  local left = tonumber(r[3]) - now
  if left > 0 then return { 'busy', batch, '', '', left } end
  if state == 'accepting' then return { 'unsure', batch, '', '', 0 } end
end
if batch ~= ARGV[2] then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'batch', ARGV[2], 'state', 'receiving')
end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { 'began', batch and batch ~= ARGV[2] and batch or '', '', '', 0 }
