# The page of pelikan_load's reports: src/load/report/page/ and Chart.js, made one text of the program.

find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
if(NOT CHART_JS)
  message(FATAL_ERROR "Chart.js is missing: install the Debian package libjs-chart.js (or run scripts/setup.sh)")
endif()
set(page_folder ${CMAKE_SOURCE_DIR}/src/load/report/page)
set(page_source ${CMAKE_BINARY_DIR}/report_page.cc)
file(GLOB page_parts CONFIGURE_DEPENDS ${page_folder}/*)
add_custom_command(
  OUTPUT ${page_source}
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${page_folder} -DCHART_JS=${CHART_JS} -DOUTPUT=${page_source}
          -P ${CMAKE_SOURCE_DIR}/scripts/cmake/embed_page.cmake
  DEPENDS ${page_parts} ${CHART_JS} ${CMAKE_SOURCE_DIR}/scripts/cmake/embed_page.cmake)
target_sources(pelikan_load_parts PRIVATE ${page_source})
# gcc and clang take a text of any length, and clang says where the standard promises less.
set_source_files_properties(${page_source} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
