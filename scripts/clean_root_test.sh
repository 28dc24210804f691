#!/bin/bash
# Shows that a Debian 12 with nothing but git, make and a shell is enough: in a fresh root it clones this
# repository (what is committed), runs `make run`, talks to the server, stops it, and runs `make test`; once as
# root, once as a user with sudo. Needs root, debootstrap and the free ports 11211, 9999 and 9998.
# usage: scripts/clean_root_test.sh [MIRROR [WHO]]      default: the mirror of this machine's apt; root and user
#
# All of it happens in mount and pid namespaces of its own: when this script ends, however it ends, its mounts
# and processes are gone with them, and only the folder is left to remove.
set -euo pipefail
here=$(realpath "$0")
ports=(11211 9999 9998)
authorities=/etc/ssl/certs/host.crt  # in the root: whom this machine trusts, for npm

say() { echo "clean root: $*"; }
give_up() { say "FAILED: $*" >&2; exit 1; }

# --- outside: prepares the roots --------------------------------------------------------------------------

prepare() {
  local root=$1 mirror=$2
  say "debootstrap from $mirror"
  debootstrap --variant=minbase --include=ca-certificates,git,make bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
    { tail -n 20 "$root.log"; give_up "debootstrap"; }
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  cp /etc/ssl/certs/ca-certificates.crt "$root$authorities"  # that of the root is written anew when packages come
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/clean-root"  # nobody needs this root after a power cut
  { apt-config dump Acquire | grep -i proxy || true; } >"$root/etc/apt/apt.conf.d/90host-proxy"
  git -C "$(dirname "$here")/.." bundle create -q "$root/source.bundle" HEAD
}

clean_up() {
  local child
  for child in $(jobs -p); do kill -KILL "$child" 2>/dev/null || true; done
  wait
  rm -rf --one-file-system "$folder"
}

main() {
  [ "$(id -u)" -eq 0 ] || give_up "needs root (debootstrap and chroot do)"
  command -v debootstrap >/dev/null || give_up "debootstrap is missing: scripts/setup.sh test brings it"
  local port mirror
  for port in "${ports[@]}"; do
    if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then give_up "port $port is in use"; fi
  done
  mirror=${1:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)}
  [ -n "$mirror" ] || give_up "no mirror of bookworm in this machine's apt sources: name one"
  folder=$(mktemp -d /var/tmp/pelikan-clean-root.XXXXXX)
  trap clean_up EXIT
  trap 'exit 130' HUP INT TERM
  prepare "$folder/base" "$mirror"
  local who wanted=(root user)
  if [ $# -ge 2 ]; then wanted=("$2"); fi
  for who in "${wanted[@]}"; do
    cp -a "$folder/base" "$folder/$who"
    # In the background, so that a signal to this script is not kept waiting.
    unshare --mount --propagation private --pid --fork --kill-child "$here" --inside "$folder/$who" "$who" &
    wait $! || exit 1
    rm -rf --one-file-system "${folder:?}/$who"
  done
  say "passed, as ${wanted[*]}"
}

# --- inside the namespaces ---------------------------------------------------------------------------------

# Runs a command line in the root, as root or as the user, in the clone.
in_root() {
  local root=$1 who=$2 line=$3
  local shell=(/bin/sh -c "$line")
  if [ "$who" = user ]; then shell=(su --login --whitelist-environment NODE_EXTRA_CA_CERTS user -c "$line"); fi
  env -i NODE_EXTRA_CA_CERTS="$authorities" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
    chroot "$root" "${shell[@]}"
}

server_pid() {
  local status
  for status in /proc/[0-9]*/comm; do
    if grep -qx pelikan_segcach "$status" 2>/dev/null; then basename "$(dirname "$status")"; fi
  done
}

# What the server answers to a set and a get.
talk() {
  local line reply=
  exec 3<>/dev/tcp/127.0.0.1/11211 || return 1
  printf 'set clean 0 60 4\r\nroot\r\nget clean\r\nquit\r\n' >&3
  while read -r -t 10 line <&3; do reply+=${line%$'\r'}' '; done
  exec 3>&-
  echo "$reply"
}

check_run() {
  local root=$1 who=$2 log=$3
  in_root "$root" "$who" 'cd ~/pelikan && make run' >"$log" 2>&1 &
  local make=$!
  until [ -n "$(server_pid)" ] && (: <"/dev/tcp/127.0.0.1/11211") 2>/dev/null; do
    kill -0 $make 2>/dev/null || { tail -n 40 "$log"; give_up "make run as $who ended"; }
    sleep 1
  done
  local reply
  reply=$(talk)
  [ "$reply" = "STORED VALUE clean 0 4 root END " ] || give_up "make run as $who: the server answered '$reply'"
  kill -TERM "$(server_pid)"
  wait $make || { tail -n 40 "$log"; give_up "make run as $who: exit status $? after SIGTERM"; }
  say "make run as $who: served, and stopped by SIGTERM"
}

# What the tests that failed have said, and how it ended.
failures_of() {
  sed -n '/\*\*\*/,/ Start  *[0-9]*: /p' "$1" | tail -n 300
  tail -n 30 "$1"
}

inside() {
  local root=$1 who=$2
  mount -t proc proc /proc
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  if [ "$who" = user ]; then
    in_root "$root" root 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends sudo' \
      >"$root.log" 2>&1 || { tail "$root.log"; give_up "installing sudo"; }
    in_root "$root" root 'useradd --create-home --shell /bin/bash user'
    echo 'user ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/user"
  fi
  in_root "$root" "$who" 'git -c advice.detachedHead=false clone -q /source.bundle ~/pelikan'
  check_run "$root" "$who" "$root.run.log"
  in_root "$root" "$who" 'cd ~/pelikan && make test' >"$root.test.log" 2>&1 </dev/null ||
    { failures_of "$root.test.log"; give_up "make test as $who"; }
  tail -n 12 "$root.test.log"
  say "make test as $who: passed"
}

if [ "${1:-}" = --inside ]; then
  inside "$2" "$3"
else
  main "$@"
fi
