--[[ The slots that are taken.
  KEYS  1 governor  2 slots  3 waiting  4 reports  5 ended
  ARGV  1 now  2 first limit  3 highest limit
  Reply intent, tenant, until, taken, bound (0/1) of each
  Safe to repeat. ]]
local reply = {}
for intent, s in pairs((live_slots())) do
  for _, value in ipairs({ intent, s.tenant, whole(s.till), whole(s.taken), s.bound }) do reply[#reply + 1] = value end
end
return reply
