// Writes one line of text into memory that has room for it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/base64.h"
#include "base/bytes.h"
#include "service/uri.h"

namespace pelikan {

class TextWriter {
 public:
  explicit TextWriter(char* to) noexcept : to_(to) {}

  TextWriter& text(std::string_view text) noexcept {
    std::memcpy(to_, text.data(), text.size());
    to_ += text.size();
    return *this;
  }
  TextWriter& uri(std::string_view text) noexcept {
    to_ = write_uri(to_, text);
    return *this;
  }
  TextWriter& base64(std::string_view bytes) noexcept {
    to_ = base64_encode(to_, bytes);
    return *this;
  }
  TextWriter& number(uint64_t number) noexcept {
    to_ = write_u64(to_, number);
    return *this;
  }
  // What should not be negative and is, as a time of a clock gone wrong, is 0.
  TextWriter& at_least_0(int64_t value) noexcept {
    return number(value < 0 ? 0 : static_cast<uint64_t>(value));
  }
  [[nodiscard]] char* end() const noexcept { return to_; }

 private:
  char* to_;
};

}  // namespace pelikan
