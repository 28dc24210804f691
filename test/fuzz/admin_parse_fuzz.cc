// The admin port's parser on any bytes: what it takes is whole lines, whatever the pieces they came
// in.
//
// covers: src/protocol/admin
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assertion.h"
#include "fuzz/planted_bug.h"
#include "protocol/admin/parse.h"

namespace {

using namespace pelikan::admin;
using pelikan::fuzz::is_planted;

// The parser, with room for planted bugs.
ParseResult parse(std::string_view in) {
  ParseResult result = parse_request(in);
  std::string_view& argument = result.request.argument;
  if (is_planted("long_argument") && result.request.command == Command::kVerbosity &&
      !argument.empty()) {
    argument = in.substr(static_cast<size_t>(argument.data() - in.data()), argument.size() + 2);
  }
  if (is_planted("endless_line") && result.status == ParseStatus::kTooLong) {
    result.status = ParseStatus::kIncomplete;
  }
  return result;
}

bool is_within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_first_line(std::string_view in) {
  const ParseResult result = parse(in);
  const size_t newline = in.find('\n');
  switch (result.status) {
    case ParseStatus::kOk:
      CHECK(result.consumed == newline + 1 && result.consumed <= kLineMax);
      CHECK(is_within(result.request.argument, in.substr(0, newline)));
      // The bytes behind the line change nothing.
      CHECK(parse(in.substr(0, result.consumed)).request.command == result.request.command);
      break;
    case ParseStatus::kIncomplete:
      CHECK(result.consumed == 0 && newline == std::string_view::npos && in.size() < kLineMax);
      break;
    case ParseStatus::kTooLong:
      CHECK(result.consumed == 0 && in.size() >= kLineMax && newline >= kLineMax);
      break;
    case ParseStatus::kHangUp:
      CHECK(result.consumed == 0);
      CHECK(in.front() == '\x16' || in.substr(0, newline).find(" HTTP/") < kLineMax);
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view in(reinterpret_cast<const char*>(data), size);
  for (;;) {
    check_first_line(in);
    const ParseResult result = parse(in);
    if (result.status != ParseStatus::kOk) return 0;
    in.remove_prefix(result.consumed);
  }
}
