// KeyText: the bytes of a key from its number: a prefix, and the number in base 36 with leading
// zeros, or the lines of a file.
//
// Distinct numbers give distinct keys: those of one length differ in their digits.
//
// Thread safety: read-only after construction.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load/workload/distribution.h"
#include "load/workload/words.h"

namespace pelikan::load {

class KeyText {
 public:
  static constexpr uint32_t kMaxBytes = 250;

  // Keys as long as `sizes` says, but at least as prefix and digits need. `keys` is how many
  // different numbers there may be; throws SetupError when the prefix leaves them no room.
  KeyText(const Setting& prefix, Distribution sizes, uint64_t keys, uint64_t seed);
  // The lines of a file, plain, gz or zstd. Throws SetupError when it has none, or one that is no
  // key.
  explicit KeyText(const std::string& path);

  // The file's lines; 0 when keys are made from numbers.
  [[nodiscard]] uint64_t lines() const noexcept { return ends_.size(); }

  // Writes the key of a number at `out` (kMaxBytes free) and returns it.
  [[nodiscard]] std::string_view write(uint64_t number, char* out) const noexcept;

 private:
  [[nodiscard]] std::string_view line(uint64_t number) const noexcept;

  std::string prefix_;
  std::array<char, kMaxBytes> zero_{};  // the longest key of the number 0
  Distribution sizes_;
  uint64_t seed_ = 0;
  uint32_t min_bytes_ = 0;  // prefix and all digits
  std::string text_;        // of the file, without line ends
  std::vector<uint64_t> ends_;
};

}  // namespace pelikan::load
