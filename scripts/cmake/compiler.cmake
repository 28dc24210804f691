# Warnings, optimisation and sanitizers, as one target: pelikan_compiler.

add_library(pelikan_compiler INTERFACE)
target_compile_options(pelikan_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
# What clang counts to these warnings and gcc does not: gcc's choice is the measure.
target_compile_options(pelikan_compiler INTERFACE
  $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion;-Wno-string-conversion;-Wno-missing-braces>)
target_compile_options(pelikan_compiler INTERFACE $<$<CONFIG:Debug>:-D_GLIBCXX_ASSERTIONS>)

# No link-time optimisation: with it small-d1 needed 1.10 of the echo floor's CPU beside 1.11 without, small-d32
# 1.53 beside 1.52 (medians of interleaved rounds), and every link took seconds.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
endif()

if(PELIKAN_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "libFuzzer needs clang: -DCMAKE_CXX_COMPILER=clang++-16 (`make fuzz` does it)")
  endif()
  set(PELIKAN_SANITIZE address)
endif()
if(PELIKAN_SANITIZE STREQUAL "address")
  set(flags -fsanitize=address,undefined)
elseif(PELIKAN_SANITIZE STREQUAL "thread")
  # gcc expands memcpy inline without instrumenting it; -fno-builtin makes it a call that is seen.
  set(flags -fsanitize=thread -fno-builtin)
elseif(PELIKAN_SANITIZE)
  message(FATAL_ERROR "PELIKAN_SANITIZE is '${PELIKAN_SANITIZE}': address or thread")
endif()
if(PELIKAN_FUZZ)
  # The profile is for scripts/fuzz.sh, which says how much of the source a corpus reaches. Comparisons are not traced:
  # the undefined-behaviour checks are full of them, and dictionaries have the words that a parser compares with.
  set(fuzz_flags -O1 -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp
                 -fprofile-instr-generate -fcoverage-mapping)
  target_compile_options(pelikan_compiler INTERFACE ${fuzz_flags})
  target_link_options(pelikan_compiler INTERFACE ${fuzz_flags})
endif()
if(PELIKAN_COVERAGE)
  # For scripts/coverage.sh. Threads count in one place, so atomically.
  target_compile_options(pelikan_compiler INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(pelikan_compiler INTERFACE --coverage)
endif()
if(PELIKAN_SANITIZE)
  target_compile_options(pelikan_compiler INTERFACE
    ${flags} -fno-sanitize-recover=all -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS)
  target_compile_definitions(pelikan_compiler INTERFACE PELIKAN_SANITIZE)
  target_link_options(pelikan_compiler INTERFACE ${flags})
endif()
