// A frame of the binary protocol in a golden table: words that say what stands in it, as bytes.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assertion.h"

namespace pelikan::test {

// "0c key=a extras=00000005 value=hello": the opcode, then any of
//   key= value=           text
//   extras=               hexadecimal digits
//   cas=                  hexadecimal, or {cas8}
//   status= opaque=       hexadecimal; without them 0 and deadbeef
//   keysize= extrasize= bodysize=   hexadecimal, where the header lies
class GoldenFrame {
 public:
  explicit GoldenFrame(std::string_view magic) : magic_(magic) {}

  void add(std::string_view word, const std::string& text) {
    const size_t equals = word.find('=');
    if (equals == std::string_view::npos) {
      opcode_ = number(word);
      return;
    }
    const std::string_view name = word.substr(0, equals);
    if (name == "key") {
      key_ = text;
    } else if (name == "value") {
      value_ = text;
    } else if (name == "extras") {
      for (size_t i = 0; i < text.size(); i += 2) extras_ += big(number(text.substr(i, 2)), 1);
    } else if (name == "cas") {
      cas_ = text == "{cas8}" ? text : big(number(text), 8);
    } else {
      field(name) = number(text);
    }
  }

  [[nodiscard]] std::string bytes() const {
    const size_t body = extras_.size() + key_.size() + value_.size();
    return magic_ + big(opcode_, 1) + big(or_else(key_size_, key_.size()), 2) +
           big(or_else(extras_size_, extras_.size()), 1) + big(0, 1) + big(status_, 2) +
           big(or_else(body_size_, body), 4) + big(opaque_, 4) + cas_ + extras_ + key_ + value_;
  }

 private:
  static constexpr uint64_t kRight = ~uint64_t{0};

  static uint64_t or_else(uint64_t said, size_t right) { return said == kRight ? right : said; }

  static uint64_t number(std::string_view hex) {
    uint64_t value = 0;
    const auto result = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
    CHECK(result.ptr == hex.data() + hex.size());
    return value;
  }
  static std::string big(uint64_t number, size_t bytes) {
    std::string text(bytes, '\0');
    for (size_t i = bytes; i-- > 0; number >>= 8) text[i] = static_cast<char>(number);
    return text;
  }
  uint64_t& field(std::string_view name) {
    if (name == "status") return status_;
    if (name == "opaque") return opaque_;
    if (name == "keysize") return key_size_;
    if (name == "extrasize") return extras_size_;
    CHECK(name == "bodysize");
    return body_size_;
  }

  std::string magic_;
  uint64_t opcode_ = 0;
  uint64_t status_ = 0;
  uint64_t opaque_ = 0xdeadbeef;
  uint64_t key_size_ = kRight;
  uint64_t extras_size_ = kRight;
  uint64_t body_size_ = kRight;
  std::string cas_ = big(0, 8);
  std::string extras_;
  std::string key_;
  std::string value_;
};

}  // namespace pelikan::test
