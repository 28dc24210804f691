# The libraries of the build part of deps/packages.txt, as one target: pelikan_libraries.
# A missing one ends the configuration with the Debian package that brings it.

find_package(PkgConfig)
if(NOT PkgConfig_FOUND)
  message(FATAL_ERROR "pkg-config is missing: install the Debian package pkg-config (or run scripts/setup.sh)")
endif()
find_package(Threads REQUIRED)

# pelikan_require(<target> <Debian package> <pkg-config module>...)
function(pelikan_require target package)
  foreach(module ${ARGN})
    string(MAKE_C_IDENTIFIER ${module} prefix)
    pkg_check_modules(${prefix} IMPORTED_TARGET ${module})
    if(NOT ${prefix}_FOUND)
      message(FATAL_ERROR "${module} is missing: install the Debian package ${package} (or run scripts/setup.sh)")
    endif()
    target_link_libraries(${target} INTERFACE PkgConfig::${prefix})
  endforeach()
endfunction()

add_library(pelikan_libraries INTERFACE)
target_link_libraries(pelikan_libraries INTERFACE Threads::Threads)
pelikan_require(pelikan_libraries libevent-dev libevent_core libevent_extra libevent_pthreads)
pelikan_require(pelikan_libraries libfmt-dev fmt)
pelikan_require(pelikan_libraries libssl-dev libssl libcrypto)
pelikan_require(pelikan_libraries libxxhash-dev libxxhash)
if(PELIKAN_JEMALLOC AND NOT PELIKAN_SANITIZE)
  pelikan_require(pelikan_libraries libjemalloc-dev jemalloc)
  target_compile_definitions(pelikan_libraries INTERFACE PELIKAN_JEMALLOC)
endif()
if(PELIKAN_PMEM)
  pelikan_require(pelikan_libraries libpmem-dev libpmem)
endif()
find_path(NLOHMANN_JSON nlohmann/json.hpp)
if(NOT NLOHMANN_JSON)
  message(FATAL_ERROR "nlohmann/json.hpp is missing: install the Debian package nlohmann-json3-dev (or run scripts/setup.sh)")
endif()

# Of pelikan_load alone: traces come compressed.
add_library(pelikan_load_libraries INTERFACE)
pelikan_require(pelikan_load_libraries libzstd-dev libzstd)
pelikan_require(pelikan_load_libraries zlib1g-dev zlib)

# Test part.
function(pelikan_check_library)
  add_library(check_library INTERFACE)
  pelikan_require(check_library check check)
endfunction()
