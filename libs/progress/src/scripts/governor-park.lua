--[[ Nobody gets a slot any more: the account does not work, or the operator says so. Both may be true at once.
  KEYS  1 governor  2 slots  3 waiting  4 reports  5 ended
  ARGV  1 now  2 first limit  3 highest limit  4 code  5 detail
  Reply 1 when it was not so before, else 0
  Safe to repeat. ]]
local paused = ARGV[4] == 'provider_paused'
local at, why = paused and 'paused_at' or 'park_at', paused and 'paused_why' or 'park_why'
put(why, ARGV[5])
if not paused then put('park_code', ARGV[4]) end
if g[at] then return 0 end
put(at, whole(now))
if not paused then put('probe_at', whole(now + PROBE_MS)) end
return 1
