#!/bin/bash
# Compiles everything but the tests for arm64 with clang, against the headers of Debian's arm64 packages.
# Nothing is linked or run, and nothing of this machine's packages changes: the headers are unpacked into the
# build folder. Needs apt's mirror once. usage: scripts/check_arm64.sh BUILD_DIR
set -euo pipefail
mkdir -p "$1"
build=$(realpath "$1")
cd "$(dirname "$0")/.."
sysroot=$build/sysroot

# The libraries of the build part, and what the C and C++ compilers themselves bring.
packages() {
  awk '/^\[/ { part = $1; next } part == "[build]" && $1 ~ /-dev$/ { print $1 }' deps/packages.txt
  printf '%s\n' libc6-dev linux-libc-dev libcrypt-dev libstdc++-12-dev libgcc-12-dev
}

unpack_headers() {
  local apt=$build/apt
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/packages" "$sysroot"
  : >"$apt/status"  # apt is to think that nothing is installed
  cat >"$apt/apt.conf" <<CONF
Dir::State "$apt/state";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "";
CONF
  export APT_CONFIG=$apt/apt.conf
  apt-get -qq update
  local names package
  mapfile -t names < <(packages)
  (cd "$apt/packages" && rm -f ./*.deb && apt-get -qq download "${names[@]}")
  for package in "$apt"/packages/*.deb; do dpkg-deb --extract "$package" "$sysroot"; done
  packages >"$build/unpacked"
}

if ! cmp -s <(packages) "$build/unpacked"; then unpack_headers; fi
export PKG_CONFIG_LIBDIR=$sysroot/usr/lib/aarch64-linux-gnu/pkgconfig:$sysroot/usr/share/pkgconfig
export PKG_CONFIG_SYSROOT_DIR=$sysroot
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY \
  -DCMAKE_SYSROOT="$sysroot" -DCMAKE_CXX_COMPILER=clang++-16 -DCMAKE_CXX_COMPILER_TARGET=aarch64-linux-gnu \
  -DCMAKE_FIND_ROOT_PATH="$sysroot" >"$build/configure.log" 2>&1 || { cat "$build/configure.log"; exit 1; }
cmake --build "$build" -j "$(nproc)" --target objects
echo "arm64: everything compiles"
