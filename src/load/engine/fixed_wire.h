// FixedWire: lines of 40 bytes, each answered by 100 bytes that are counted and not understood.
// What the floor of bench/e2e speaks: the least that a server and a load generator can do for a
// request.
#pragma once

#include <cstring>

#include "load/engine/wire.h"

namespace pelikan::load {

class FixedWire {
 public:
  static constexpr size_t kRequest = 40;
  static constexpr size_t kReply = 100;

  [[nodiscard]] size_t bound(const WireRequest&) const noexcept { return kRequest; }
  char* compose(char* to, const WireRequest&) const noexcept {
    std::memset(to, 'x', kRequest - 1);
    to[kRequest - 1] = '\n';
    return to + kRequest;
  }
  [[nodiscard]] bool parse(std::string_view in, Verb, Answer& answer) const noexcept {
    if (in.size() < kReply) return false;
    const bool is_reply = in[kReply - 1] == '\n';
    answer.outcome = is_reply ? Outcome::kOk : Outcome::kBroken;
    answer.size = kReply;
    return true;
  }
  [[nodiscard]] static std::string_view name(Verb) noexcept { return "line"; }
};
static_assert(Wire<FixedWire>);

}  // namespace pelikan::load
