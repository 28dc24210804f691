// How many elements a client wants drawn: the arguments of HRANDFIELD and its kin behind the key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "service/resp/call.h"

namespace pelikan {

struct RespRandomCount {
  bool is_told = false;  // else one is drawn, and replied by itself
  bool may_repeat = false;
  bool wants_pairs = false;  // with what belongs to each
  uint64_t count = 1;

  // "[count [WITHVALUES]]"; `pair_word` is empty where there is no such word. Not empty: the
  // outcome of a refusal.
  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call,
                                                std::string_view pair_word) noexcept;
};

}  // namespace pelikan
