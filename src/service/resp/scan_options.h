// The cursor and the options of SCAN, HSCAN, SSCAN and ZSCAN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/resp/glob.h"
#include "service/resp/call.h"
#include "service/resp/words.h"

namespace pelikan {

// What is walked over: each takes an option that the others do not.
enum class RespScanned : uint8_t { kKeys, kFields, kMembers };

struct RespScanOptions {
  uint64_t cursor = 0;
  uint64_t count = 10;       // keys or elements to look at
  std::string_view match{};  // a pattern; without data: all
  std::string_view type{};   // of keys, as type_word(); without data: any
  bool wants_values = true;  // of fields

  // Reads the cursor, and the words from argument `at` on. Not empty: the outcome of a refusal.
  [[nodiscard]] std::optional<RespOutcome> read_cursor(RespCall& call, size_t at) noexcept;
  [[nodiscard]] std::optional<RespOutcome> read_words(RespCall& call, size_t at,
                                                      RespScanned scanned) noexcept;

  [[nodiscard]] bool wants(RespType found) const noexcept {
    return type.data() == nullptr || is_word(type, type_word(found));
  }
  [[nodiscard]] bool fits(std::string_view name) const noexcept {
    return match.data() == nullptr || resp::matches_glob(match, name);
  }
};

}  // namespace pelikan
