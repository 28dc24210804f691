#include "service/resp/scan_options.h"

#include "base/bytes.h"
#include "protocol/resp/numbers.h"
#include "service/resp/words.h"

namespace pelikan {

std::optional<RespOutcome> RespScanOptions::read(RespCall& call) noexcept {
  const auto number = parse_u64(call.args[1]);
  if (!number) return call.reply_error(resp::Error::kCursor);
  cursor = *number;
  for (size_t at = 2; at < call.args.size(); at += 2) {
    if (at + 1 == call.args.size()) return call.reply_error(resp::Error::kSyntax);
    const std::string_view word = call.args[at];
    const std::string_view text = call.args[at + 1];
    if (is_word(word, "COUNT")) {
      const auto wanted = resp::parse_integer(text);
      if (!wanted) return call.reply_error(resp::Error::kNotInteger);
      if (*wanted < 1) return call.reply_error(resp::Error::kSyntax);
      count = static_cast<uint64_t>(*wanted);
    } else if (is_word(word, "MATCH")) {
      match = text;
    } else if (is_word(word, "TYPE")) {
      wants_strings = is_word(text, "STRING");
    } else {
      return call.reply_error(resp::Error::kSyntax);
    }
  }
  return std::nullopt;
}

}  // namespace pelikan
