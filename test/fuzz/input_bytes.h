// The bytes of a fuzz target's run, taken one choice after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pelikan::fuzz {

class InputBytes {
 public:
  InputBytes(const uint8_t* data, size_t size) : rest_(data, size) {}

  [[nodiscard]] bool is_empty() const { return rest_.empty(); }
  // Zeros behind the end.
  uint64_t take(size_t bytes) {
    uint64_t number = 0;
    for (; bytes > 0 && !rest_.empty(); --bytes, rest_ = rest_.subspan(1)) {
      number = number << 8 | rest_.front();
    }
    return number;
  }
  // Fewer at the end.
  std::string_view text(size_t bytes) {
    const auto part = rest_.first(bytes < rest_.size() ? bytes : rest_.size());
    rest_ = rest_.subspan(part.size());
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }

 private:
  std::span<const uint8_t> rest_;
};

}  // namespace pelikan::fuzz
