// The options of SET and GETEX.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "service/resp/lifetime.h"

namespace pelikan {

// What SET asks for behind key and value, GETEX behind the key.
struct RespSetOptions {
  enum class Condition : uint8_t { kNone, kMissing, kExisting, kEqual };

  Condition condition = Condition::kNone;
  std::string_view equal{};  // kEqual: what the value must be now
  bool returns_old = false;  // GET
  bool keeps_expiry = false;
  bool persists = false;
  std::optional<RespTimeUnit> unit{};  // of `time`
  std::string_view time{};

  [[nodiscard]] bool has_lifetime() const noexcept { return unit || keeps_expiry || persists; }
};

// Reads options in any order; empty: a syntax error. Which words there are depends on the command.
[[nodiscard]] std::optional<RespSetOptions> read_set_options(
    std::span<const std::string_view> words) noexcept;
[[nodiscard]] std::optional<RespSetOptions> read_getex_options(
    std::span<const std::string_view> words) noexcept;

// A lifetime that a command gives to what it writes. Not empty: the outcome of a refusal.
[[nodiscard]] std::optional<RespOutcome> read_lifetime(RespCall& call, std::string_view time,
                                                       RespTimeUnit unit, Expiry& expiry) noexcept;

}  // namespace pelikan
