// The protocols the generator speaks, by name.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "load/engine/load_thread.h"

namespace pelikan::load {

struct ProtocolSpec {
  std::string_view name;
  uint16_t port;   // of a server that is given without one
  bool has_keys;   // requests are about keys; otherwise all are the same
  bool has_stats;  // `stats` and `version` are answered
  MakeConnection make_connection;
  std::string_view (*verb_name)(Verb);
};

// Throws SetupError for a name that is none, or of a protocol that is not spoken.
[[nodiscard]] const ProtocolSpec& find_protocol(std::string_view name);

}  // namespace pelikan::load
