#include "service/resp/expire_options.h"

#include <string_view>

#include "service/resp/refusal.h"
#include "service/resp/words.h"

namespace pelikan {

std::optional<RespOutcome> read_expire_terms(RespCall& call, ExpireTerms& terms) noexcept {
  for (const std::string_view word : call.args.subspan(3)) {
    if (is_word(word, "NX")) {
      terms.need_none = true;
    } else if (is_word(word, "XX")) {
      terms.need_some = true;
    } else if (is_word(word, "GT")) {
      terms.only_later = true;
    } else if (is_word(word, "LT")) {
      terms.only_sooner = true;
    } else {
      return refuse_word(call, "ERR Unsupported option ", word);
    }
  }
  if (terms.need_none && (terms.need_some || terms.only_later || terms.only_sooner)) {
    return call.reply_error(resp::Error::kNxWithOthers);
  }
  if (terms.only_later && terms.only_sooner) return call.reply_error(resp::Error::kGtWithLt);
  return std::nullopt;
}

}  // namespace pelikan
