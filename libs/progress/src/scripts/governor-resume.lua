--[[ By hand: whatever stopped the provider is over.
  KEYS  1 governor  2 slots  3 waiting  4 reports  5 ended
  ARGV  1 now  2 first limit  3 highest limit
  Reply 1 when something had stopped it, else 0
  Safe to repeat. ]]
local was = gate()
drop('paused_at', 'paused_why', 'park_at', 'park_code', 'park_why', 'probe', 'probe_at', 'row', 'stop_until')
return was and 1 or 0
