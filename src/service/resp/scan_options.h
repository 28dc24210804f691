// The cursor and the options of SCAN.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/resp/glob.h"
#include "service/resp/call.h"

namespace pelikan {

struct RespScanOptions {
  uint64_t cursor = 0;
  uint64_t count = 10;       // keys to look at
  std::string_view match{};  // a pattern; without data: every key
  bool wants_strings = true;

  // Not empty: the outcome of a refusal.
  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call) noexcept;

  [[nodiscard]] bool fits(std::string_view key) const noexcept {
    return wants_strings && (match.data() == nullptr || resp::matches_glob(match, key));
  }
};

}  // namespace pelikan
