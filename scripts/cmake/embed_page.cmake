# Writes OUTPUT, a C++ source that holds FOLDER/page.html with its parts in place: {{NAME}} stands for the file
# NAME of the folder, {{chart.js}} for CHART_JS. Run by report_page.cmake.

file(READ ${FOLDER}/page.html page)
file(GLOB parts ${FOLDER}/*.css ${FOLDER}/*.js)
foreach(part ${parts})
  get_filename_component(name ${part} NAME)
  file(READ ${part} text)
  string(REPLACE "{{${name}}}" "${text}" page "${page}")
endforeach()
file(READ ${CHART_JS} text)
string(REPLACE "{{chart.js}}" "${text}" page "${page}")
file(WRITE ${OUTPUT} "#include \"load/report/page.h\"

namespace pelikan::load {

std::string_view page_template() noexcept {
  return R\"page(${page})page\";
}

}  // namespace pelikan::load
")
