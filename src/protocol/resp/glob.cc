#include "protocol/resp/glob.h"

#include <algorithm>
#include <cstddef>

#include "base/letters.h"

namespace pelikan::resp {
namespace {

// Reads one element of a pattern, that stands for one byte, and says whether a byte is it.
class Element {
 public:
  // REQUIRES: !pattern.empty(), and it does not begin with '*'
  Element(std::string_view pattern, char byte, bool ignores_case) noexcept
      : pattern_(pattern),
        byte_(ignores_case ? to_lower(byte) : byte),
        ignores_case_(ignores_case) {
    switch (pattern_[0]) {
      case '?':
        size_ = 1;
        matches_ = true;
        break;
      case '[':
        read_class();
        break;
      default:
        matches_ = fold(take()) == byte_;
        break;
    }
  }
  [[nodiscard]] bool matches() const noexcept { return matches_; }
  [[nodiscard]] size_t size() const noexcept { return size_; }

 private:
  [[nodiscard]] bool is_at_end() const noexcept { return size_ == pattern_.size(); }
  [[nodiscard]] char fold(char byte) const noexcept {
    return ignores_case_ ? to_lower(byte) : byte;
  }
  // The byte that stands here, maybe behind a backslash; a last backslash is itself.
  char take() noexcept {
    if (pattern_[size_] == '\\' && size_ + 1 < pattern_.size()) ++size_;
    return pattern_[size_++];
  }

  // A class that is not closed ends with the pattern.
  void read_class() noexcept {
    size_ = 1;
    const bool is_negated = !is_at_end() && pattern_[size_] == '^';
    if (is_negated) ++size_;
    bool is_in = false;
    while (!is_at_end() && pattern_[size_] != ']') is_in |= read_range();
    if (!is_at_end()) ++size_;
    matches_ = is_in != is_negated;
  }
  bool read_range() noexcept {
    const bool is_escaped = pattern_[size_] == '\\' && size_ + 1 < pattern_.size();
    char low = take();
    // "a-z"; Redis takes any byte behind the dash as the end of the range.
    if (is_escaped || pattern_.size() - size_ < 2 || pattern_[size_] != '-') {
      return fold(low) == byte_;
    }
    char high = pattern_[size_ + 1];
    size_ += 2;
    if (static_cast<unsigned char>(low) > static_cast<unsigned char>(high)) std::swap(low, high);
    const auto byte = static_cast<unsigned char>(byte_);
    return byte >= static_cast<unsigned char>(fold(low)) &&
           byte <= static_cast<unsigned char>(fold(high));
  }

  const std::string_view pattern_;
  const char byte_;
  const bool ignores_case_;
  size_t size_ = 0;
  bool matches_ = false;
};

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text, bool ignores_case) noexcept {
  // Behind the last '*', and the text it was tried from.
  constexpr size_t kNoStar = std::string_view::npos;
  size_t star = kNoStar;
  size_t star_text = 0;
  size_t p = 0;
  size_t t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (p < pattern.size()) {
      const Element element(pattern.substr(p), text[t], ignores_case);
      if (element.matches()) {
        p += element.size();
        ++t;
        continue;
      }
    }
    if (star == kNoStar) return false;
    p = star;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace pelikan::resp
