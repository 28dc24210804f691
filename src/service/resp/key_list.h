// RespKeyList: keys that a walk has found, in the form in which they are replied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "service/resp/outcome.h"

namespace pelikan {

struct RespCall;

class RespKeyList {
 public:
  // Keeps its memory.
  void clear() noexcept {
    bulks_.clear();
    count_ = 0;
  }
  void add(std::string_view key);
  [[nodiscard]] size_t bytes() const noexcept { return bulks_.size(); }

  // SCAN's reply. kOutputFull: nothing was written.
  [[nodiscard]] RespOutcome reply_behind_cursor(RespCall& call, uint64_t cursor) const noexcept;
  // All keys as one reply, however long.
  [[nodiscard]] RespOutcome reply_all(RespCall& call) const noexcept;

 private:
  std::string bulks_;
  size_t count_ = 0;
};

}  // namespace pelikan
