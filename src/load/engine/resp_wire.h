// RespWire: the Redis protocol, both versions of it. Redis has no cas and no prepend: gets is GET,
// cas is SET XX, prepend APPEND, for traces that have them.
//
// Thread safety: one connection's.
#pragma once

#include "load/engine/wire.h"
#include "protocol/resp/parse_reply.h"

namespace pelikan::load {

class RespWire {
 public:
  [[nodiscard]] size_t bound(const WireRequest& request) const noexcept;
  char* compose(char* to, const WireRequest& request) const noexcept;
  // Takes one item of a reply at a time: those of an mget are values, in the order of its keys.
  [[nodiscard]] bool parse(std::string_view in, Verb verb, Answer& answer) noexcept;
  [[nodiscard]] static std::string_view name(Verb verb) noexcept { return verb_name(verb); }
  // What a mix may ask for.
  [[nodiscard]] static bool speaks(Verb verb) noexcept;

 private:
  // What the items that are still to come belong to.
  enum class Role : uint8_t {
    kValues,  // an mget's reply
    kReply,   // one of which only the end matters
    kAside,   // no reply: a push, or an attribute
  };

  void begin(const resp::ReplyItem& item, Verb verb, Answer& answer) noexcept;
  void begin_parts(const resp::ReplyItem& item, Verb verb, Answer& answer) noexcept;
  void go_on(const resp::ReplyItem& item, Answer& answer) noexcept;

  Role role_ = Role::kReply;
  Outcome at_end_ = Outcome::kBroken;  // what the reply means, when it is whole
  uint64_t open_ = 0;                  // items still to come
  int64_t position_ = -1;              // of the last value
};
static_assert(Wire<RespWire>);

}  // namespace pelikan::load
