// RespTally: the requests of one call of process().
#pragma once

#include <cstddef>

#include "protocol/resp/command.h"

namespace pelikan {

// Requests done, by what metrics tell apart.
struct RespTally {
  size_t read = 0;
  size_t write = 0;
  size_t other = 0;

  void count(const resp::CommandSpec& spec) noexcept {
    if (spec.has(resp::flag::kReadonly)) {
      ++read;
    } else {
      ++(spec.has(resp::flag::kWrite) ? write : other);
    }
  }
};

}  // namespace pelikan
