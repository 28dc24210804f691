// MemcacheMetaWire: memcached's meta commands. What classic commands do, each by the meta command
// that does the same; a get of many keys is one quiet mg for each, and mn behind them.
#pragma once

#include "load/engine/wire.h"

namespace pelikan::load {

class MemcacheMetaWire {
 public:
  [[nodiscard]] size_t bound(const WireRequest& request) const noexcept;
  char* compose(char* to, const WireRequest& request) const noexcept;
  [[nodiscard]] bool parse(std::string_view in, Verb verb, Answer& answer) const noexcept;
  [[nodiscard]] static std::string_view name(Verb verb) noexcept { return verb_name(verb); }
};
static_assert(Wire<MemcacheMetaWire>);

}  // namespace pelikan::load
