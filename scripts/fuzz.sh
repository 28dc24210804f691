#!/bin/bash
# Runs every fuzz target for FUZZ_SECONDS (default 60), prints what it covered, and shows that it finds the bugs
# that test/fuzz/planted_bugs.txt lists for it, each within a minute. A finding ends the run.
# usage: scripts/fuzz.sh BIN_DIR [TARGET...]      TARGET: memcache_parse_fuzz, ...; default all
#
# New inputs that cover more are kept in build/fuzz/corpus/<name>/, a finding in build/fuzz/findings/. A target's
# source names the folders it is about: `// covers: src/... src/...`.
set -euo pipefail
bin=$(realpath "$1")
shift
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-60}
plant_seconds=60
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  mapfile -t targets < <(find "$bin" -maxdepth 1 -name '*_fuzz' -printf '%f\n' | sort)
fi
[ ${#targets[@]} -gt 0 ] || { echo "fuzz: no targets in $bin" >&2; exit 1; }
work=$(dirname "$bin")
findings=$work/findings
mkdir -p "$findings"

# fuzz TARGET SECONDS FINDINGS_PREFIX CORPUS: runs libFuzzer; what it finds beyond the seeds goes to CORPUS.
fuzz() {
  local target=$1 name=${1%_fuzz} arguments
  mkdir -p "$4"
  arguments=(-max_total_time="$2" -len_control=20 -print_final_stats=1 -artifact_prefix="$3" -timeout=60 "$4")
  if [ -d "test/fuzz/corpus/$name" ]; then arguments+=("test/fuzz/corpus/$name"); fi
  if [ -f "test/fuzz/$name.dict" ]; then arguments=(-dict="test/fuzz/$name.dict" "${arguments[@]}"); fi
  LLVM_PROFILE_FILE=/dev/null "$bin/$target" "${arguments[@]}"
}

# The share of lines and branches that the grown corpus reaches in the folders a target is about.
print_coverage() {
  local target=$1 folders folder profile=$work/$1.profile
  read -ra folders <<<"$(sed -n 's|^// covers: ||p' "test/fuzz/$target.cc")"
  [ ${#folders[@]} -gt 0 ] || { echo "fuzz: test/fuzz/$target.cc does not say what it covers" >&2; exit 1; }
  LLVM_PROFILE_FILE=$profile.raw "$bin/$target" -runs=0 "$work/corpus/${target%_fuzz}" >/dev/null 2>&1
  llvm-profdata-16 merge -sparse "$profile.raw" -o "$profile"
  for folder in "${folders[@]}"; do
    llvm-cov-16 report "$bin/$target" -instr-profile="$profile" "$folder" |
      awk -v of="$folder" '$1 == "TOTAL" { print "covered of " of ": functions " $7 ", lines " $10 ", branches " $13 }'
  done
}

check_planted_bugs() {
  local target=$1 bugs bug start
  mapfile -t bugs < <(awk -v target="$target" '$1 == target { print $2 }' test/fuzz/planted_bugs.txt)
  [ ${#bugs[@]} -gt 0 ] || { echo "fuzz: no planted bugs for $target" >&2; exit 1; }
  for bug in "${bugs[@]}"; do
    start=$SECONDS
    rm -rf "$work/planted"
    mkdir -p "$work/planted"
    if PELIKAN_PLANT_BUG=$bug fuzz "$target" $plant_seconds "$work/planted/" "$work/planted/corpus" \
        >"$work/$target.$bug.log" 2>&1; then
      echo "fuzz: $target did NOT find the planted bug $bug in $plant_seconds s" >&2
      exit 1
    fi
    echo "found the planted bug $bug in $((SECONDS - start)) s"
  done
}

for target in "${targets[@]}"; do
  name=${target%_fuzz}
  echo "fuzz: $target for $seconds s"
  log=$work/$target.log
  if ! fuzz "$target" "$seconds" "$findings/$name-" "$work/corpus/$name" >"$log" 2>&1; then
    tail -n 60 "$log"
    echo "fuzz: $target FAILED; the input lies in $findings, the log in $log" >&2
    exit 1
  fi
  grep -E 'cov: ' "$log" | tail -n 1
  grep -E 'number_of_executed_units|new_units_added' "$log"
  print_coverage "$target"
  check_planted_bugs "$target"
done
echo "fuzz: ${#targets[@]} targets, no findings"
