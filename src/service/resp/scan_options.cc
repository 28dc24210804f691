#include "service/resp/scan_options.h"

#include "base/bytes.h"
#include "protocol/resp/numbers.h"
#include "service/resp/words.h"

namespace pelikan {

std::optional<RespOutcome> RespScanOptions::read_cursor(RespCall& call, size_t at) noexcept {
  const auto number = parse_u64(call.args[at]);
  if (!number) return call.reply_error(resp::Error::kCursor);
  cursor = *number;
  return std::nullopt;
}

std::optional<RespOutcome> RespScanOptions::read_words(RespCall& call, size_t at,
                                                       RespScanned scanned) noexcept {
  for (; at < call.args.size(); ++at) {
    const std::string_view word = call.args[at];
    if (is_word(word, "NOVALUES") && scanned == RespScanned::kFields) {
      wants_values = false;
      continue;
    }
    if (++at == call.args.size()) return call.reply_error(resp::Error::kSyntax);
    const std::string_view text = call.args[at];
    if (is_word(word, "COUNT")) {
      const auto wanted = resp::parse_integer(text);
      if (!wanted) return call.reply_error(resp::Error::kNotInteger);
      if (*wanted < 1) return call.reply_error(resp::Error::kSyntax);
      count = static_cast<uint64_t>(*wanted);
    } else if (is_word(word, "MATCH")) {
      match = text;
    } else if (is_word(word, "TYPE") && scanned == RespScanned::kKeys) {
      type = text;
    } else {
      return call.reply_error(resp::Error::kSyntax);
    }
  }
  return std::nullopt;
}

}  // namespace pelikan
