#!/bin/bash
# Installs the packages of deps/packages.txt that are missing, as root or through sudo; for tests, as whoever calls,
# the clients of test/integration/node from the npm registry.
# usage: scripts/setup.sh [build|test|all]      build: to build and run; test: to test; all (default): both
#
# Packages that bring a service (memcached, redis-server, ...) must not start it: it would sit on the port our own
# server wants. policy-rc.d refuses starts while apt runs, and what is newly installed is disabled for the
# next boot as well. Services that were there before are left as they are.
set -euo pipefail

part=${1:-all}
only_debian=${2:-}  # given by this script to itself, as root
case $part in
  build | test | all) ;;
  *) echo "usage: scripts/setup.sh [build|test|all]" >&2; exit 64 ;;
esac
list=$(dirname "$0")/../deps/packages.txt
node=$(dirname "$0")/../test/integration/node
policy=/usr/sbin/policy-rc.d
services=(memcached nutcracker collectd redis-server prometheus-redis-exporter)

# The packages of the wanted part, one per line.
wanted() {
  awk -v part="$part" '
    /^[[:space:]]*(#|$)/ { next }
    /^\[.*\]$/ { current = substr($0, 2, length($0) - 2); next }
    part == "all" || part == current { print $1 }' "$list"
}

# The names that what is installed has or provides: a nodejs from elsewhere often brings npm.
installed() {
  dpkg-query --show --showformat '${db:Status-Abbrev} ${Package} ${Provides}\n' |
    awk '$1 == "ii" || $1 == "hi" { gsub(/\([^)]*\)|,/, ""); for (i = 2; i <= NF; ++i) print $i }'
}

missing() {
  comm -23 <(wanted | sort -u) <(installed | sort -u)
}

restore_policy() {
  rm -f "$policy"
  if [ -e "$policy.before-pelikan" ]; then mv "$policy.before-pelikan" "$policy"; fi
}

refuse_service_starts() {
  if [ -e "$policy" ] && [ ! -e "$policy.before-pelikan" ]; then mv "$policy" "$policy.before-pelikan"; fi
  trap restore_policy EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

install_packages() {
  if ! apt install --simulate --no-install-recommends "$@" >/dev/null 2>&1; then
    echo "setup: reading the package lists (apt-get update)"
    apt update
  fi
  apt install --no-install-recommends "$@" && return
  echo "setup: that failed; reading the package lists anew and trying once more"
  apt update
  apt install --no-install-recommends "$@"
}

disable_new_services() {
  local package service
  for package in "$@"; do
    for service in "${services[@]}"; do
      if [ "${package%-core}" = "$service" ]; then
        update-rc.d "$service" disable
        echo "setup: the service $service stays off, also after a reboot"
      fi
    done
  done
}

install_debian_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "setup: no apt here; taking for granted that what deps/packages.txt lists is installed" >&2
    return
  fi
  local packages
  mapfile -t packages < <(missing)
  if [ ${#packages[@]} -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "setup: these packages are missing and neither root nor sudo is at hand to install them: ${packages[*]}" >&2
      echo "setup: as root, run: apt-get install --no-install-recommends ${packages[*]}" >&2
      exit 1
    fi
    echo "setup: ${#packages[@]} packages are missing; installing them needs root, so through sudo"
    sudo -- "$0" "$part" only_debian
    return
  fi
  echo "setup: installing ${packages[*]}"
  refuse_service_starts
  install_packages "${packages[@]}"
  disable_new_services "${packages[@]}"
  echo "setup: done"
}

# What the lock names, none other; npm holds each package against its checksum there. The copy of the lock tells
# the next run that nothing is to be done: npm ci empties the folder first, so a run that fails leaves none.
install_node_packages() {
  local copy=$node/node_modules/.installed-lock.json
  if cmp -s "$node/package-lock.json" "$copy"; then return; fi
  echo "setup: installing the npm packages of test/integration/node"
  (cd "$node" && npm ci --ignore-scripts --loglevel=error)
  cp "$node/package-lock.json" "$copy"
}

install_debian_packages
if [ "$part" != build ] && [ -z "$only_debian" ]; then install_node_packages; fi
