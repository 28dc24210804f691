#!/bin/bash
# Installs the packages of deps/packages.txt that are missing, as root or through sudo.
# usage: scripts/setup.sh [build|test|all]      build: to build and run; test: to test; all (default): both
#
# Packages that bring a service (memcached, nutcracker, collectd-core) must not start it: it would sit on the port our own
# server wants. policy-rc.d refuses starts while apt runs, and what is newly installed is disabled for the
# next boot as well. Services that were there before are left as they are.
set -euo pipefail

part=${1:-all}
case $part in
  build | test | all) ;;
  *) echo "usage: scripts/setup.sh [build|test|all]" >&2; exit 64 ;;
esac
list=$(dirname "$0")/../deps/packages.txt
policy=/usr/sbin/policy-rc.d
services=(memcached nutcracker collectd)

# The packages of the wanted part, one per line.
wanted() {
  awk -v part="$part" '
    /^[[:space:]]*(#|$)/ { next }
    /^\[.*\]$/ { current = substr($0, 2, length($0) - 2); next }
    part == "all" || part == current { print $1 }' "$list"
}

# Those of them that are not installed.
missing() {
  local installed
  # dpkg-query fails when it does not know one of the names: those are the missing ones.
  installed=$(dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' $(wanted) 2>/dev/null || true)
  comm -23 <(wanted | sort -u) <(awk '$1 == "ii" || $1 == "hi" { print $2 }' <<<"$installed" | sort -u)
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

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup: no apt here; taking for granted that what deps/packages.txt lists is installed" >&2
  exit 0
fi
mapfile -t packages < <(missing)
if [ ${#packages[@]} -eq 0 ]; then exit 0; fi

if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: these packages are missing and neither root nor sudo is at hand to install them: ${packages[*]}" >&2
    echo "setup: as root, run: apt-get install --no-install-recommends ${packages[*]}" >&2
    exit 1
  fi
  echo "setup: ${#packages[@]} packages are missing; installing them needs root, so through sudo"
  exec sudo -- "$0" "$part"
fi
echo "setup: installing ${packages[*]}"
refuse_service_starts
install_packages "${packages[@]}"
disable_new_services "${packages[@]}"
echo "setup: done"
