#!/bin/bash
# Checks that all C++ is formatted as .clang-format says; names the files that are not.
# usage: scripts/check_format.sh [--fix]     --fix formats them (`make format`)
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(find src test bench -name '*.h' -o -name '*.cc' 2>/dev/null)
command -v clang-format-16 >/dev/null || { echo "clang-format-16 is missing: run scripts/setup.sh test" >&2; exit 1; }

for_each_file() { printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" "$@"; }

if [ "${1:-}" = --fix ]; then
  for_each_file clang-format-16 -i
else
  for_each_file sh -c 'clang-format-16 --dry-run -Werror "$0" 2>/dev/null ||
    { echo "$0: not formatted; run make format"; exit 1; }'
fi
echo "format: ${#files[@]} files"
