#!/bin/bash
# Whole servers against a floor that does nothing and against memcached, in interleaved rounds, CPU per request.
# usage: scripts/bench_servers.sh BIN_DIR [PERF_DIR]
#
# PERF_DIR (or $PELIKAN_PERF) has an A/B runner ab.py and the floor echo.cpp; without one nothing is run. ROUNDS
# (7), WORKLOADS and NICE (-20 as root, else 0) can be set. Needs two CPUs to itself: one serves, one loads.
set -euo pipefail
bin=$(realpath "$1")
perf=${2:-${PELIKAN_PERF:-}}
if [ -z "$perf" ]; then
  echo "PELIKAN_PERF is not set: whole servers are not compared"
  exit 0
fi
workloads=${WORKLOADS:-small-d1 small-d32 zipf-d32 large-d32}
nice=${NICE:-$([ "$(id -u)" -eq 0 ] && echo -20 || echo 0)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
g++ -O2 -std=c++17 -o "$work/echo" "$perf/echo.cpp"

segcache="$bin/pelikan_segcache --worker_threads 1 --seg_memory 2GiB --server_port 17401 --admin_port 0 --admin_http_port 0"
memcached="memcached -t 1 -R 1000 -m 2048 -p 17402 -U 0 -l 127.0.0.1"
if [ "$(id -u)" -eq 0 ]; then memcached+=" -u root"; fi
common=(--rounds "${ROUNDS:-7}" --nice "$nice" --quiet)

args=()
for workload in $workloads; do args+=(--workload "$workload"); done
python3 "$perf/ab.py" --server echo 17403 fixed "$work/echo 17403" --server segcache 17401 memcache "$segcache" \
  --server memcached 17402 memcache "$memcached" "${common[@]}" "${args[@]}"
python3 "$perf/ab.py" --server memcached 17402 memcache "$memcached" --server segcache 17401 memcache "$segcache" "${common[@]}" \
  --workload 'mget32=--keys 1000000 --key-size 32 --value-size 64 --ratio 1:0 --multiget 32 --conns 50 --depth 1'
python3 "$perf/ab.py" --server echo 17403 fixed "$work/echo 17403" --server pingserver 17404 ping \
  "$bin/pelikan_pingserver --worker_threads 1 --server_port 17404 --admin_port 0 --admin_http_port 0" "${common[@]}" \
  --workload 'ping-d1=--conns 50 --depth 1' --workload 'ping-d32=--conns 50 --depth 32'
