// The arguments of commands as COMMAND DOCS tells them, from which redis-cli makes its hints: read
// from the syntax in the table of commands.
//
// A syntax is words: in lower case what a client fills in, in upper case a token, to which the
// words behind it belong. [...] is optional, <a|b> a choice, and [key ...] says that what stands in
// front of it may come again. For commands that are rare; allocates.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/resp/reply_text.h"

namespace pelikan {

struct RespArgument {
  std::string name;
  std::string_view type;  // Redis' names: "key", "integer", "oneof", "block", ...
  std::string_view token{};
  bool is_optional = false;
  bool is_multiple = false;
  std::vector<RespArgument> parts{};  // of a choice, or a block
};

// Views are of the syntax.
[[nodiscard]] std::vector<RespArgument> read_arguments(std::string_view syntax);

void append_arguments(RespText& text, const std::vector<RespArgument>& arguments);

}  // namespace pelikan
