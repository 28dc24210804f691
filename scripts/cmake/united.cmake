# Sources of a folder are compiled together, several at once: most of a compiler's time goes into headers, which a
# build from nothing reads once for each set then (the library: a third of the CPU time of one by one). So names in
# the unnamed namespaces of a folder's sources differ. That each source includes what it needs is seen by `make tidy`,
# which compiles them one by one.

option(PELIKAN_UNITED "compile sources of a folder together" ON)
set(pelikan_united_sources 12)  # at most, in one compilation

# pelikan_unite(<target> <source>...)
function(pelikan_unite target)
  if(NOT PELIKAN_UNITED)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  set(count 0)
  foreach(source ${ARGN})
    get_filename_component(folder ${source} DIRECTORY)
    file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR}/src ${folder})
    if(NOT folder STREQUAL previous)
      set(count 0)
    endif()
    set(previous ${folder})
    math(EXPR set "${count} / ${pelikan_united_sources}")
    math(EXPR count "${count} + 1")
    string(REPLACE "/" "_" group ${folder}_${set})
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
endfunction()
