# The checks of `make test` that look at the repository and at the built programs, as ctest tests with the
# label "check". One more is a step of the build: every header of src/ must compile alone, which the target
# all_verify_interface_header_sets sees to.

file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*.h)
target_sources(pelikan PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}/src FILES ${headers})
set_target_properties(pelikan PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)

# pelikan_check(<name> <command>...)
function(pelikan_check name)
  add_test(NAME check.${name} COMMAND ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(check.${name} PROPERTIES LABELS check TIMEOUT 300)
endfunction()

set(python /usr/bin/python3)
pelikan_check(layers ${python} scripts/check_layers.py)
pelikan_check(sizes ${python} scripts/check_sizes.py)
pelikan_check(format scripts/check_format.sh)
pelikan_check(configs scripts/check_configs.sh ${CMAKE_BINARY_DIR}/bin)
pelikan_check(docs ${python} scripts/docs.py check ${CMAKE_BINARY_DIR}/bin)
pelikan_check(robustness ${python} scripts/check_robustness.py)
