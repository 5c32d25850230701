#!/bin/sh
# Sentinel; what it learns stays in its file on the volume, also across an outage of all pods.
set -eu
here=$(dirname "$0")
. "$here/find-master.sh"

conf="$DATA_DIR/sentinel.conf"
umask 077
if [ -s "$conf" ]; then
  sed "s/^sentinel auth-pass mymaster .*/sentinel auth-pass mymaster $REDIS_PASSWORD/" "$conf" >"$conf.new"
  mv "$conf.new" "$conf"
else
  cat >"$conf" <<CONF
$(listen_on "$SENTINEL_PORT")
bind ${BIND:-* -::*}
protected-mode no
dir /tmp
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $SELF
sentinel announce-port $SENTINEL_PORT
sentinel monitor mymaster $MASTER $REDIS_PORT $QUORUM
sentinel auth-user mymaster default
sentinel auth-pass mymaster $REDIS_PASSWORD
sentinel down-after-milliseconds mymaster 5000
sentinel failover-timeout mymaster 30000
sentinel parallel-syncs mymaster 1
CONF
fi
exec redis-server "$conf" --sentinel
