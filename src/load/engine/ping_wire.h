// PingWire: the ping protocol; whatever the verb, it sends PING.
#pragma once

#include "load/engine/wire.h"
#include "protocol/ping/compose.h"
#include "protocol/ping/parse.h"

namespace pelikan::load {

class PingWire {
 public:
  [[nodiscard]] size_t bound(const WireRequest&) const noexcept { return ping::kRequest.size(); }
  char* compose(char* to, const WireRequest&) const noexcept { return ping::compose_request(to); }
  [[nodiscard]] bool parse(std::string_view in, Verb, Answer& answer) const noexcept {
    const ping::ParseStatus status = ping::parse_reply(in);
    if (status == ping::ParseStatus::kIncomplete) return false;
    const bool is_reply = status == ping::ParseStatus::kOk;
    answer.outcome = is_reply ? Outcome::kOk : Outcome::kBroken;
    answer.size = is_reply ? ping::kReply.size() : in.size();
    return true;
  }
  [[nodiscard]] static std::string_view name(Verb) noexcept { return "ping"; }
};
static_assert(Wire<PingWire>);

}  // namespace pelikan::load
