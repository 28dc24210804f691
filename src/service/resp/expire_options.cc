#include "service/resp/expire_options.h"

#include <algorithm>
#include <string_view>

#include "base/copy.h"
#include "service/resp/words.h"

namespace pelikan {
namespace {

// Shows the word up to a zero byte and without line ends behind it, as Redis does.
RespOutcome refuse_option(RespCall& call, std::string_view word) noexcept {
  constexpr size_t kMostShown = 1024;
  constexpr std::string_view kHead = "ERR Unsupported option ";
  char text[kHead.size() + kMostShown];
  char* end = copy_exact(text, kHead);
  word = word.substr(0, std::min(kMostShown, word.find('\0')));
  end = resp::copy_into_line(end, word.substr(0, word.find_last_not_of("\r\n") + 1));
  return call.reply_error(std::string_view(text, static_cast<size_t>(end - text)));
}

}  // namespace

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
      return refuse_option(call, word);
    }
  }
  if (terms.need_none && (terms.need_some || terms.only_later || terms.only_sooner)) {
    return call.reply_error(resp::Error::kNxWithOthers);
  }
  if (terms.only_later && terms.only_sooner) return call.reply_error(resp::Error::kGtWithLt);
  return std::nullopt;
}

}  // namespace pelikan
