// BinaryWire: memcached's binary protocol. A multi-get is quiet gets and a noop behind them.
#pragma once

#include "load/engine/wire.h"

namespace pelikan::load {

class BinaryWire {
 public:
  [[nodiscard]] size_t bound(const WireRequest& request) const noexcept;
  char* compose(char* to, const WireRequest& request) const noexcept;
  [[nodiscard]] bool parse(std::string_view in, Verb verb, Answer& answer) const noexcept;
  [[nodiscard]] static std::string_view name(Verb verb) noexcept { return verb_name(verb); }
};
static_assert(Wire<BinaryWire>);

}  // namespace pelikan::load
