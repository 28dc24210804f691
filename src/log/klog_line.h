// KlogLine: a line of the command log while it is put together, on its thread's stack.
//
//   PEER - [dd/Mon/YYYY:HH:MM:SS +zone] "command" code length
//
// Whoever logs a command puts the words of the command; docs/reference/klog.md has the grammar.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "base/assertion.h"

namespace pelikan {

class KlogLine {
 public:
  // Begins the line; `peer` is as `stats conns` shows it, `stamp` stands between the peer and the
  // command.
  KlogLine(std::string_view peer, std::string_view stamp) noexcept;
  KlogLine(const KlogLine&) = delete;
  KlogLine& operator=(const KlogLine&) = delete;

  // Text that needs no escape: a few words and numbers, for which put_escaped() leaves room.
  void put(std::string_view text) noexcept {
    DCHECK(text.size() <= kMax - size_);
    std::memcpy(bytes_ + size_, text.data(), text.size());
    size_ += text.size();
  }
  void put(char c) noexcept {
    DCHECK(size_ < kMax);
    bytes_[size_++] = c;
  }
  template <std::integral Number>
  void put_number(Number number) noexcept {
    const auto [end, error] = std::to_chars(bytes_ + size_, bytes_ + kMax, number);
    size_ = static_cast<size_t>(end - bytes_);
  }
  // A client's text: all but printable ASCII, and blanks, quotes and backslashes, become \xNN. What
  // would leave no room for the rest of the line is left out, "..." in its place.
  void put_escaped(std::string_view text) noexcept;

  [[nodiscard]] std::string_view text() const noexcept { return {bytes_, size_}; }

 private:
  // A peer and a key of 250 bytes have room although every byte were escaped.
  static constexpr size_t kMax = 2048;
  static constexpr size_t kRest = 192;  // the stamp, or numbers, code and length

  size_t size_ = 0;
  char bytes_[kMax];
};

}  // namespace pelikan
