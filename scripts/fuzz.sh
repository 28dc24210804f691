#!/bin/bash
# Runs every fuzz target for FUZZ_SECONDS (default 60) and prints what it covered; a finding ends the run.
# usage: scripts/fuzz.sh BIN_DIR [TARGET...]      TARGET: memcache_parse_fuzz, ...; default all
#
# New inputs that cover more are kept in build/fuzz/corpus/<name>/, a finding in build/fuzz/findings/.
set -euo pipefail
bin=$(realpath "$1")
shift
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-60}
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  mapfile -t targets < <(find "$bin" -maxdepth 1 -name '*_fuzz' -printf '%f\n' | sort)
fi
[ ${#targets[@]} -gt 0 ] || { echo "fuzz: no targets in $bin" >&2; exit 1; }

for target in "${targets[@]}"; do
  name=${target%_fuzz}
  grown=$bin/../corpus/$name
  findings=$bin/../findings/
  seeds=test/fuzz/corpus/$name
  mkdir -p "$grown" "$findings"
  arguments=(-max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$findings$name-" -timeout=10 "$grown")
  if [ -d "$seeds" ]; then arguments+=("$seeds"); fi
  if [ -f "test/fuzz/$name.dict" ]; then arguments=(-dict="test/fuzz/$name.dict" "${arguments[@]}"); fi
  echo "fuzz: $target for $seconds s"
  log=$bin/../$target.log
  if ! "$bin/$target" "${arguments[@]}" >"$log" 2>&1; then
    tail -n 60 "$log"
    echo "fuzz: $target FAILED; the input lies in $findings, the log in $log" >&2
    exit 1
  fi
  grep -E 'cov: ' "$log" | tail -n 1
  grep -E 'number_of_executed_units|new_units_added' "$log"
done
echo "fuzz: ${#targets[@]} targets, no findings"
