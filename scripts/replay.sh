#!/bin/bash
# Starts a server of its own and replays traces against it: hit ratio, requests/s and errors of each.
# usage: scripts/replay.sh BIN_DIR [REPLAY_OPTION...]     `build/bin/replay -c` lists the options
#
# SEG_MEMORY (default 64MiB) is the cache's budget. PEER=memcached replays against Debian's memcached instead, with
# as much memory. Without --data and $PELIKAN_TRACES, workloads are made from bench/replay/clusters.csv.
set -euo pipefail
bin=$(realpath "$1")
shift
memory=${SEG_MEMORY:-64MiB}
folder=$(mktemp -d)
if [ "${PEER:-}" = memcached ]; then
  MEMCACHED_PORT_FILENAME=$folder/ports memcached -u "$(id -un)" -l 127.0.0.1 -p -1 -U 0 -t 4 -m "${memory%MiB}" &
else
  "$bin/pelikan_segcache" --server_port 0 --admin_port -1 --admin_http_port -1 --ports_file "$folder/ports" \
    --seg_memory "$memory" >"$folder/stdout" &
fi
server=$!
trap 'kill $server 2>/dev/null || true; wait $server || true; rm -r "$folder"' EXIT
until [ -s "$folder/ports" ]; do
  kill -0 $server 2>/dev/null || { echo "replay: the server did not start" >&2; exit 1; }
  sleep 0.1
done
# Ours says "server_port: N", memcached "TCP INET: N".
"$bin/replay" --port "$(awk '/^(server_port|TCP INET):/ { print $NF }' "$folder/ports")" "$@"
