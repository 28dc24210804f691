#!/bin/bash
# Prints the share of lines and branches that the tests have reached, folder by folder; fails when it is too small in
# one of those where it matters most.
# usage: scripts/coverage.sh BUILD_DIR      a build with PELIKAN_COVERAGE in which the tests were run
#
# Left out are branches to where an exception would go on, which the compiler puts behind every call, and code that
# it found to be unreachable.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/.."
least_lines=90
least_branches=80
checked=(protocol storage datapool transport)

counts=$build/coverage.json
gcovr --root . --filter 'src/' --exclude-throw-branches --exclude-unreachable-branches --gcov-ignore-parse-errors \
  --json "$counts" "$build"

too_little=0
for folder in src/*/; do
  folder=$(basename "$folder")
  limits=()
  if [[ " ${checked[*]} " == *" $folder "* ]]; then
    limits=(--fail-under-line $least_lines --fail-under-branch $least_branches)
  fi
  status=0
  summary=$(gcovr --root . --add-tracefile "$counts" --filter "src/$folder/" --exclude-throw-branches \
    --exclude-unreachable-branches --print-summary "${limits[@]}" --output "$build/coverage.txt" 2>"$build/coverage.log") || status=$?
  printf '%-10s %s\n' "$folder" "$(echo "$summary" | awk '/^(lines|branches):/ { printf "%s %s  ", $1, $2 }')"
  if [ $status -ne 0 ]; then
    cat "$build/coverage.log" >&2
    too_little=1
  fi
done
exit $too_little
