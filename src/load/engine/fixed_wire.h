// FixedWire: lines of 40 bytes, each answered by 100 bytes that look like a hit.
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
  // Looks at a reply as a client has to: where its line ends, and whether its end is there.
  [[nodiscard]] bool parse(std::string_view in, Verb, Answer& answer) const noexcept {
    if (in.size() < kReply) return false;
    const std::string_view reply = in.substr(0, kReply);
    const bool is_value = reply.starts_with("VALUE ") && reply.ends_with("\r\nEND\r\n") &&
                          reply.find('\n') < kReply - sizeof "\r\nEND\r\n";
    answer.outcome = is_value ? Outcome::kOk : Outcome::kBroken;
    answer.size = kReply;
    return true;
  }
  [[nodiscard]] static std::string_view name(Verb) noexcept { return "line"; }
};
static_assert(Wire<FixedWire>);

}  // namespace pelikan::load
