#!/bin/sh
# Redis as master or as replica of the master; durable (every write on the disk before it is answered), never forgetting.
set -eu
here=$(dirname "$0")
. "$here/find-master.sh"

# Users that ACL SAVE wrote stay; the default user follows the Secret.
acl="$DATA_DIR/users.acl"
touch "$acl"
sed '/^user default /d' "$acl" >"$acl.new"
hash=$(printf %s "$REDIS_PASSWORD" | sha256sum | cut -d ' ' -f 1)
echo "user default on #$hash ~* &* +@all" >>"$acl.new"
mv "$acl.new" "$acl"
chmod 600 "$acl"

conf="$DATA_DIR/redis.conf"
umask 077
cat >"$conf" <<CONF
$(listen_on "$REDIS_PORT")
bind ${BIND:-* -::*}
protected-mode no
dir $DATA_DIR
aclfile $acl
masteruser default
masterauth $REDIS_PASSWORD
replica-announce-ip $SELF
replica-announce-port $REDIS_PORT
appendonly yes
appendfsync always
save ""
maxmemory ${MAX_MEMORY:-1400mb}
maxmemory-policy noeviction
min-replicas-to-write ${MIN_REPLICAS_TO_WRITE:-1}
min-replicas-max-lag 10
repl-backlog-size 64mb
# packs what is kept of each file: a third less memory (docs/scaling.md)
hash-max-listpack-value 512
CONF
[ "$MASTER" = "$SELF" ] || echo "replicaof $MASTER $REDIS_PORT" >>"$conf"
exec redis-server "$conf"
