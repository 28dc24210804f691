// Config files of any bytes: a line is refused with one printable sentence that names it, or it
// sets the option that it names to what it says; what the options say of themselves afterwards, in
// a file of its own, sets others to the same.
//
// covers: src/option
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/assertion.h"
#include "base/bytes.h"
#include "fuzz/planted_bug.h"
#include "option/config_file.h"
#include "option/sample_options.h"

namespace {

using namespace pelikan;
using fuzz::is_planted;

constexpr std::string_view kSource = "f";

// What is tested, with room for planted bugs.
std::vector<std::string> apply(std::string_view text, test::SampleOptions& options) {
  std::vector<std::string> errors = apply_config_text(text, kSource, options.all);
  if (is_planted("swallowed_error") && errors.size() > 2) errors.pop_back();
  if (is_planted("raw_error") && !errors.empty() && text.find('\x01') != text.npos)
    errors.back() += '\x01';
  if (is_planted("cut_text") && options.server.path.get().size() > 4)
    options.server.path.set(options.server.path.get().substr(1));
  return errors;
}

// The errors by the numbers of their lines, of which each has one at most.
std::map<uint64_t, std::string> by_line(const std::vector<std::string>& errors) {
  std::map<uint64_t, std::string> lines;
  uint64_t last = 0;
  for (const std::string& error : errors) {
    for (const char c : error) CHECK(c >= ' ' && c <= '~');
    CHECK(error.starts_with("f:"));
    const size_t colon = error.find(':', 2);
    const auto number = parse_u64(std::string_view(error).substr(2, colon - 2));
    CHECK(number && *number > last);
    last = *number;
    lines[*number] = error.substr(colon);
  }
  return lines;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.find_last_of(" \t\r") == text.size() - 1) text.remove_suffix(1);
  while (!text.empty() && text.find_first_of(" \t\r") == 0) text.remove_prefix(1);
  return text;
}

// A line without an error is empty, or sets an option.
void check_taken(std::string_view line, const test::SampleOptions& options) {
  if (line.find('#') != line.npos || trimmed(line).empty()) return;
  const size_t colon = line.find(':');
  CHECK(colon != line.npos);
  const std::string_view key = trimmed(line.substr(0, colon));
  CHECK(options.all.find(key) != nullptr);
  if (key == "server_unix_path")
    CHECK(options.server.path.get() == trimmed(line.substr(colon + 1)));
}

void check_same_again(const test::SampleOptions& options) {
  std::string text;
  for (const OptionBase* option : options.all.options()) {
    text += std::string(option->name()) + ':' + option->current_text() + '\n';
  }
  test::SampleOptions others;
  CHECK(apply_config_text(text, kSource, others.all).empty());
  for (size_t i = 0; i < options.all.options().size(); ++i) {
    CHECK(options.all.options()[i]->current_text() == others.all.options()[i]->current_text());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  test::SampleOptions options;
  const auto errors = by_line(apply(text, options));
  uint64_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    if (!errors.contains(++number)) check_taken(rest.substr(0, end), options);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  CHECK(errors.empty() || errors.rbegin()->first <= number);
  check_same_again(options);
  return 0;
}
