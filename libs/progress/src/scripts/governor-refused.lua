--[[ The provider answered 429: less at the same time, and a stop for everybody when it happens again and again.
  KEYS  1 governor  2 slots  3 waiting  4 reports  5 ended
  ARGV  1 now  2 first limit  3 highest limit  4 how long a stop lasts, ms
  Reply {the limit, ms of the stop that are left}
  A repeat counts twice in the row; it halves nothing twice. ]]
-- one burst of refusals is one sign
if now - num('halved_at') >= 5000 then
  put('limit', whole(math.max(1, math.floor(limit() / 2))))
  put('halved_at', whole(now))
  put('moved_at', whole(now))
end
put('row', whole(num('row') + 1))
if num('row') >= ROW then put('stop_until', whole(math.max(num('stop_until'), now + tonumber(ARGV[4])))) end
return { limit(), math.max(0, num('stop_until') - now) }
