// What commands on lists are told: ends, places, and what LPOS looks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "service/resp/call.h"

namespace pelikan {

enum class RespListEnd : uint8_t { kLeft, kRight };
[[nodiscard]] std::optional<RespListEnd> list_end(std::string_view word) noexcept;

// Where the element is that an index names, from the end where negative; empty: there is none.
[[nodiscard]] std::optional<size_t> list_place(int64_t index, size_t size) noexcept;

// What LRANGE and LTRIM name: both ends counted, from the list's end where negative.
struct RespListRange {
  struct Part {
    size_t begin = 0;
    size_t count = 0;
  };

  int64_t start = 0;
  int64_t stop = 0;

  // From the two words behind the key. Not empty: the outcome of a refusal.
  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call) noexcept;
  // What there is of it in a list of so many elements.
  [[nodiscard]] Part of(size_t size) const noexcept;
};

// A number of elements, from LPOP's words. Not empty: the outcome of a refusal.
[[nodiscard]] std::optional<RespOutcome> read_pop_count(RespCall& call,
                                                        std::optional<size_t>& count) noexcept;

struct RespPositionOptions {
  size_t skipped = 0;                                // matches before the one wanted
  bool is_backward = false;                          // from the list's end
  std::optional<size_t> count{};                     // of matches
  size_t most = std::numeric_limits<size_t>::max();  // elements to compare

  // From the words behind key and element. Not empty: the outcome of a refusal.
  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call) noexcept;
};

// Of LMPOP: the keys are args[2], ...
struct RespListPops {
  size_t keys = 0;
  RespListEnd end = RespListEnd::kLeft;
  size_t count = 1;  // of elements

  // Not empty: the outcome of a refusal.
  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call) noexcept;
};

}  // namespace pelikan
