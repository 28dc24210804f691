// One command line of memcached's text protocol, read word by word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "protocol/memcache/scan.h"

namespace pelikan::memcache {

// Behind the last word, and where the input ends before it is known that there is none, words are
// empty. REQUIRES: kScanSlack bytes behind `end` may be read
class Line {
 public:
  Line(const char* p, const char* end) noexcept : p_(p), end_(end) {}

  std::string_view word() noexcept {
    p_ = skip_spaces(p_, end_);
    const char* begin = p_;
    p_ = find_word_end(p_, end_);
    if (p_ == begin || p_ == end_ || *p_ != ' ') note_end();
    return {begin, cut_ ? 0 : static_cast<size_t>(p_ - begin)};
  }

  // The next word as a number; empty when it is none. Digits are read as they are found: they are
  // few, and unlike the end of a word known without looking at 16 bytes first.
  std::optional<uint64_t> number() noexcept {
    p_ = skip_spaces(p_, end_);
    const char* begin = p_;
    uint64_t number = 0;
    for (; p_ < end_ && *p_ >= '0' && *p_ <= '9'; ++p_) {
      number = number * 10 + static_cast<uint64_t>(*p_ - '0');
    }
    constexpr ptrdiff_t kSafeDigits = std::numeric_limits<uint64_t>::digits10;
    const bool is_short = p_ != begin && p_ - begin <= kSafeDigits;
    if (is_short && p_ < end_ && (*p_ == ' ' || *p_ == '\n')) return number;
    if (is_short && line_end_at(p_, end_) == LineEnd::kCrLf) return number;
    p_ = begin;
    return parse_u64(word());
  }

  std::optional<int64_t> signed_number() noexcept {
    p_ = skip_spaces(p_, end_);
    if (p_ < end_ && *p_ == '-') return parse_i64(word());
    const auto magnitude = number();
    constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
    if (!magnitude || *magnitude > kMost) return std::nullopt;
    return static_cast<int64_t>(*magnitude);
  }

  // Reads to the end of the line; the last of the words that were left, empty when there was none.
  std::string_view last_word() noexcept {
    std::string_view last;
    for (std::string_view next = word(); !next.empty(); next = word()) last = next;
    return last;
  }

  // Where the next word is looked for.
  [[nodiscard]] const char* position() const noexcept { return p_; }
  // The input ends before the line does.
  [[nodiscard]] bool cut() const noexcept { return cut_; }
  // The byte behind the line. REQUIRES: word() came back empty, and not because the line is cut
  [[nodiscard]] const char* behind() const noexcept { return behind_; }

 private:
  void note_end() noexcept {
    const LineEnd line_end = line_end_at(p_, end_);
    cut_ = line_end == LineEnd::kCut;
    behind_ = p_ + (line_end == LineEnd::kLf ? 1 : 2);
  }

  const char* p_;
  const char* end_;
  const char* behind_ = nullptr;
  bool cut_ = false;
};

}  // namespace pelikan::memcache
