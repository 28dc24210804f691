#!/bin/bash
# Runs the micro-benchmarks (9 repetitions after a warm-up), replays traces against our server and memcached, and
# compares whole servers (bench/e2e; bench_servers.sh with another load generator, where there is one).
# usage: scripts/bench.sh BUILD_DIR      FILTER: a regular expression, which micro-benchmarks; ROUNDS: of bench/e2e
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/.."
mapfile -t programs < <(find "$build/bench" -maxdepth 1 -name '*_bench' 2>/dev/null | sort)
for program in "${programs[@]}"; do
  echo "== $(basename "$program")"
  "$program" --benchmark_min_warmup_time=0.2 --benchmark_repetitions=9 --benchmark_display_aggregates_only=true \
    --benchmark_filter="${FILTER:-.}"
done
echo "== replay, pelikan_segcache with 64 MiB"
bench/replay/replay.py "$build/bin"
echo "== replay, memcached with as much"
bench/replay/replay.py "$build/bin" --memcached
echo "== whole servers"
bench/e2e/e2e.py "$build/bin"
echo "== dumps under load"
bench/e2e/dump_under_load.py "$build/bin" || [ $? -eq 1 ]  # a goal missed is in what it prints
echo "== TLS, and a flood of handshakes"
bench/e2e/tls_cost.py "$build/bin" || [ $? -eq 1 ]
bench/e2e/tls_flood.py "$build/bin" || [ $? -eq 1 ]
if [ -n "${PELIKAN_PERF:-}" ]; then
  echo "== whole servers, another load generator"
  scripts/bench_servers.sh "$build/bin"
fi
