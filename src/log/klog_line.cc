#include "log/klog_line.h"

#include <cstdint>

#include "base/escape.h"

namespace pelikan {
namespace {

constexpr std::string_view kEscapedToo = " \"\\";

// Whether no byte of eight needs an escape. The usual tricks with all bytes of a word at once: a
// borrow or a carry from a neighbour can only come from a byte that already says no.
bool eight_are_plain(const char* bytes) noexcept {
  constexpr uint64_t kEach = 0x0101010101010101;
  constexpr uint64_t kHigh = 0x80 * kEach;
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const uint64_t quote = word ^ ('"' * kEach);
  const uint64_t backslash = word ^ ('\\' * kEach);
  const uint64_t low = (word - 0x21 * kEach) & ~word;  // blanks and what is below
  const uint64_t high = word | (word + kEach);         // 0x7f and above
  const uint64_t special = ((quote - kEach) & ~quote) | ((backslash - kEach) & ~backslash);
  return ((low | high | special) & kHigh) == 0;
}

bool is_plain(std::string_view text) noexcept {
  if (text.size() < 8) {
    char padded[8] = {'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x'};
    std::memcpy(padded, text.data(), text.size());
    return eight_are_plain(padded);
  }
  for (size_t i = 0; i + 8 < text.size(); i += 8) {
    if (!eight_are_plain(text.data() + i)) return false;
  }
  return eight_are_plain(text.data() + text.size() - 8);
}

}  // namespace

void KlogLine::put_escaped(std::string_view text) noexcept {
  const size_t end = kMax - kRest;
  if (is_plain(text) && size_ + text.size() <= end) return put(text);
  const EscapeEnd escape =
      write_escaped(text, bytes_ + size_, bytes_ + std::max(end, size_), kEscapedToo);
  size_ = static_cast<size_t>(escape.out - bytes_);
  if (!escape.is_whole) put("...");
}

}  // namespace pelikan
