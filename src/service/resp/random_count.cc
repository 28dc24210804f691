#include "service/resp/random_count.h"

#include <limits>

#include "protocol/resp/numbers.h"
#include "service/resp/words.h"

namespace pelikan {

std::optional<RespOutcome> RespRandomCount::read(RespCall& call,
                                                 std::string_view pair_word) noexcept {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  if (call.args.size() == 2) return std::nullopt;
  if (pair_word.empty() && call.args.size() > 3) return call.reply_error(resp::Error::kSyntax);
  const auto number = resp::parse_integer(call.args[2]);
  if (!number) return call.reply_error(resp::Error::kNotInteger);
  if (*number < -kMost) {
    return call.reply_error(
        "ERR value is out of range, value must between -9223372036854775807 and "
        "9223372036854775807");
  }
  if (call.args.size() > 3) {
    if (call.args.size() > 4 || !is_word(call.args[3], pair_word)) {
      return call.reply_error(resp::Error::kSyntax);
    }
    if (*number < -kMost / 2 || *number > kMost / 2) {
      return call.reply_error("ERR value is out of range");
    }
    wants_pairs = true;
  }
  is_told = true;
  may_repeat = *number < 0;
  count = static_cast<uint64_t>(may_repeat ? -*number : *number);
  return std::nullopt;
}

}  // namespace pelikan
