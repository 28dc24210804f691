// The words of a command's argument text, parted by spaces.
#pragma once

#include <algorithm>
#include <string_view>

namespace pelikan::memcache {

class Words {
 public:
  explicit Words(std::string_view text) noexcept : rest_(text) { skip(); }

  // The next word; empty when there is none.
  std::string_view next() noexcept {
    const std::string_view word = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(word.size());
    skip();
    return word;
  }
  [[nodiscard]] bool is_done() const noexcept { return rest_.empty(); }
  // What stands behind the words taken so far.
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

 private:
  void skip() noexcept {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
  }

  std::string_view rest_;
};

}  // namespace pelikan::memcache
