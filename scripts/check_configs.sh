#!/bin/bash
# Checks that every config/<name>.conf is accepted by pelikan_<name>, and every config/<name>/*.conf as well.
# usage: scripts/check_configs.sh BIN_DIR
set -euo pipefail
bin=$(realpath "$1")
cd "$(dirname "$0")/.."
failed=0
count=0
for config in config/*.conf config/*/*.conf; do
  name=$(basename "$config" .conf)
  folder=$(basename "$(dirname "$config")")
  [ "$folder" = config ] || name=$folder
  count=$((count + 1))
  "$bin/pelikan_$name" -t "$config" || { echo "$config: refused by pelikan_$name" >&2; failed=1; }
done
echo "configs: $count files"
exit $failed
