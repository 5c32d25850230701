--[[ The provider accepted a request: a row of refusals ends, and so does a parking by the account.
  KEYS  1 governor  2 slots  3 waiting  4 reports  5 ended
  ARGV  1 now  2 first limit  3 highest limit  4 intent ('' unknown)
  Reply 1 when a parked provider goes on, else 0
  Safe to repeat. ]]
if num('row') > 0 or g.stop_until then drop('row', 'stop_until') end
if not g.park_at then return 0 end
-- an answer to a request that was sent before the parking proves nothing; unknown requests are old after their time limit
local slot = live_slots()[ARGV[4]]
local sent = slot and slot.taken or now - SUBMIT_MS
if sent < num('park_at') then return 0 end
drop('park_at', 'park_code', 'park_why', 'probe', 'probe_at')
return 1
