// Input as the framework hands it over: some bytes, and kReadSlack readable ones behind them that
// mean nothing. The block ends there, so that the address sanitizer sees a read beyond.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>

namespace pelikan::test {

class Padded {
 public:
  static constexpr size_t kSlack = 64;

  explicit Padded(std::string_view text)
      : size_(text.size()), bytes_(std::make_unique<char[]>(text.size() + kSlack)) {
    if (!text.empty()) std::memcpy(bytes_.get(), text.data(), text.size());
    // A parser that looked at these would find lines and words.
    for (size_t i = 0; i < kSlack; ++i) bytes_[size_ + i] = " \r\nget k"[i % 8];
  }
  [[nodiscard]] std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  size_t size_;
  std::unique_ptr<char[]> bytes_;
};

}  // namespace pelikan::test
