// The arguments of commands on fields that expire: HEXPIRE and its kin, HSETEX, HGETEX, HGETDEL.
//
// Each read() replies to what is wrong; not empty: the outcome of that. Times are those of the
// worker's clock; one that has passed says that the field goes at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/lifetime.h"
#include "storage/store.h"

namespace pelikan {

// "FIELDS numfields field [field ...]", to the end.
struct RespFieldNames {
  std::span<const std::string_view> names{};

  [[nodiscard]] std::optional<RespOutcome> read(
      RespCall& call, size_t at,
      std::string_view count_error = "ERR Number of fields must be a positive integer") noexcept;
};

// "time [NX|XX|GT|LT] FIELDS ..."
struct RespHexpireOptions {
  int64_t at_ms = 0;
  ExpireTerms terms{};
  RespFieldNames fields{};

  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call, RespTimeUnit unit) noexcept;
};

// "[EX s|PX ms|EXAT s|PXAT ms|PERSIST] FIELDS ..."
struct RespHgetexOptions {
  std::optional<int64_t> at_ms{};  // kNoExpiry: PERSIST
  RespFieldNames fields{};

  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call) noexcept;
};

// "[FNX|FXX] [EX s|PX ms|EXAT s|PXAT ms|KEEPTTL] FIELDS numfields field value [field value ...]"
struct RespHsetexOptions {
  enum class Condition : uint8_t { kNone, kNoField, kAllFields };

  Condition condition = Condition::kNone;
  std::optional<int64_t> at_ms{};
  bool keeps_expiry = false;
  std::span<const std::string_view> pairs{};

  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call) noexcept;

 private:
  // Of the option at args[at]; moves to its last word.
  [[nodiscard]] std::optional<RespOutcome> read_option(RespCall& call, size_t& at) noexcept;
  [[nodiscard]] std::optional<RespOutcome> read_condition(RespCall& call,
                                                          Condition wanted) noexcept;
  [[nodiscard]] std::optional<RespOutcome> read_pairs(RespCall& call, size_t at) noexcept;
};

}  // namespace pelikan
