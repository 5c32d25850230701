--[[ The governor, for readers.
  KEYS  1 governor  2 slots  3 waiting  4 reports  5 ended
  ARGV  1 now  2 first limit  3 highest limit
  Reply {limit, permitted, in use, waiting, code or '', detail, since, stopped until}
  Safe to repeat. ]]
local _, used = live_slots()
local _, waiting = live_marks()
local code, detail = gate()
if code == 'rate_limit' then code = nil end
local since = code == 'provider_paused' and num('paused_at') or num('park_at')
return { limit(), permitted(), used, waiting, code or '', code and detail or '', since, num('stop_until') }
