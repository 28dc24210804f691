// Tables of functions by command.
#pragma once

#include <array>
#include <cstddef>

#include "protocol/resp/command.h"
#include "service/resp/outcome.h"

namespace pelikan {

struct RespCall;
template <class Store>
struct RespStoreCall;

// Null: the command is of the other kind.
template <class Handler>
class RespHandlers {
 public:
  constexpr Handler& operator[](resp::Command command) noexcept {
    return handlers_[static_cast<size_t>(command)];
  }
  constexpr Handler operator[](resp::Command command) const noexcept {
    return handlers_[static_cast<size_t>(command)];
  }

 private:
  std::array<Handler, resp::kCommandCount> handlers_{};
};

using RespControlHandlers = RespHandlers<RespOutcome (*)(RespCall&)>;
template <class Store>
using RespStoreHandlers = RespHandlers<RespOutcome (*)(RespStoreCall<Store>&) noexcept>;

}  // namespace pelikan
