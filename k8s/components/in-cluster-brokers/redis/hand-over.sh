#!/bin/sh
# Before this pod stops: another one becomes master, so that nobody has to wait until Sentinel misses this one.
set -u
here=$(dirname "$0")
. "$here/find-master.sh"
[ "$MASTER" = "$SELF" ] || exit 0
timeout 2 env -u REDISCLI_AUTH redis-cli $CLI_FLAGS -h "$SELF" -p "$SENTINEL_PORT" sentinel failover mymaster || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10; do
  timeout 2 redis-cli $CLI_FLAGS --no-auth-warning -h "$SELF" -p "$REDIS_PORT" role | head -n 1 | grep -q master || exit 0
  sleep 1
done
