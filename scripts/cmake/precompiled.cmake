# What most sources include is compiled once for all sources of a target: a debug build from nothing, as the sanitizers'
# are, takes a quarter less time. Not with ccache, to which every source would look different then; not when gcc 12
# optimizes, which then warns of what it takes the standard library's strings for.

set(pelikan_common_headers
  <algorithm> <array> <atomic> <chrono> <cstddef> <cstdint> <cstring> <functional> <limits> <map> <memory> <mutex>
  <optional> <span> <string> <string_view> <thread> <utility> <vector> <fmt/format.h>)

function(pelikan_precompile target)
  if(NOT CMAKE_CXX_COMPILER_LAUNCHER AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_precompile_headers(${target} PRIVATE ${pelikan_common_headers})
  endif()
endfunction()

# The same for many targets of one source each, which are compiled alike: `owner` has them for all.
function(pelikan_precompile_once owner)
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${owner}.cc CONTENT "")
  add_library(${owner} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${owner}.cc)
  target_link_libraries(${owner} PRIVATE ${ARGN})
  pelikan_precompile(${owner})
endfunction()
function(pelikan_use_precompiled target owner)
  get_target_property(headers ${owner} PRECOMPILE_HEADERS)
  if(headers)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()
