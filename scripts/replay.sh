#!/bin/bash
# Starts a pelikan_segcache of its own and replays traces against it: hit ratio, requests/s and errors of each.
# usage: scripts/replay.sh BIN_DIR [REPLAY_OPTION...]     `build/bin/replay -c` lists the options
#
# SEG_MEMORY (default 64MiB) is the cache's budget. Without --data and $PELIKAN_TRACES, workloads are made from
# bench/replay/clusters.csv.
set -euo pipefail
bin=$(realpath "$1")
shift
folder=$(mktemp -d)
"$bin/pelikan_segcache" --server_port 0 --admin_port -1 --admin_http_port -1 --ports_file "$folder/ports" \
  --seg_memory "${SEG_MEMORY:-64MiB}" >"$folder/stdout" &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server || true; rm -r "$folder"' EXIT
until [ -e "$folder/ports" ]; do
  kill -0 $server 2>/dev/null || { echo "replay: the server did not start" >&2; exit 1; }
  sleep 0.1
done
"$bin/replay" --port "$(awk '$1 == "server_port:" { print $2 }' "$folder/ports")" "$@"
