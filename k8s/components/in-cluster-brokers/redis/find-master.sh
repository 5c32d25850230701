# Sourced by the others. Sets MASTER to the host of the master: as a live Sentinel says, else as this pod's own Sentinel
# last knew, else (the very first start) the first of PEERS.
: "${SELF:?}" "${PEERS:?}" "${REDIS_PASSWORD:?}"
# CLI_FLAGS: how redis-cli speaks TLS, with the component broker-tls.
: "${CLI_FLAGS:=}" "${TLS_DIR:=}"
: "${REDIS_PORT:=6379}" "${SENTINEL_PORT:=26379}" "${DATA_DIR:=/data}" "${QUORUM:=2}"
export REDISCLI_AUTH="$REDIS_PASSWORD"

ask_sentinels() {
  for peer in $PEERS; do
    answer=$(timeout 2 env -u REDISCLI_AUTH redis-cli $CLI_FLAGS -h "$peer" -p "$SENTINEL_PORT" sentinel get-master-addr-by-name mymaster 2>/dev/null | head -n 1) || continue
    case " $PEERS " in *" ${answer:-none} "*) echo "$answer" && return ;; esac
  done
}

last_known() {
  sed -n 's/^sentinel monitor mymaster \([^ ]*\) .*/\1/p' "$DATA_DIR/sentinel.conf" 2>/dev/null | head -n 1
}

# The lines of a configuration that open PORT, with TLS where there are certificates.
listen_on() {
  if [ -z "$TLS_DIR" ]; then
    echo "port $1"
  else
    printf '%s\n' "port 0" "tls-port $1" "tls-replication yes" "tls-auth-clients no" \
      "tls-cert-file $TLS_DIR/tls.crt" "tls-key-file $TLS_DIR/tls.key" "tls-ca-cert-file $TLS_DIR/ca.crt"
  fi
}

MASTER=$(ask_sentinels)
[ -n "$MASTER" ] || MASTER=$(last_known)
[ -n "$MASTER" ] || MASTER=${PEERS%% *}
