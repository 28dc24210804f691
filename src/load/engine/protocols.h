// The protocols the generator speaks, by name.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "load/engine/load_thread.h"
#include "load/engine/server_stats.h"

namespace pelikan::load {

struct ProtocolSpec {
  std::string_view name;
  uint16_t port;  // of a server that is given without one
  bool has_keys;  // requests are about keys; otherwise all are the same
  MakeConnection make_connection;
  std::string_view (*verb_name)(Verb);
  bool (*speaks)(Verb);                   // what a mix may ask for
  Asker::ReplySize reply_size = nullptr;  // of the next two; null: it cannot be asked
  ServerStats (*read_stats)(Asker&) = nullptr;
  Greeting (*greeting)(const Login&) = nullptr;  // null: it knows no passwords
};

// Throws SetupError for a name that is none, or of a protocol that is not spoken.
[[nodiscard]] const ProtocolSpec& find_protocol(std::string_view name);

}  // namespace pelikan::load
