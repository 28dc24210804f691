#include "load/engine/protocols.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/escape.h"
#include "base/setup_error.h"
#include "load/engine/binary_wire.h"
#include "load/engine/fixed_wire.h"
#include "load/engine/memcache_meta_wire.h"
#include "load/engine/memcache_wire.h"
#include "load/engine/ping_wire.h"
#include "load/engine/resp_wire.h"
#include "load/engine/wire_connection.h"

namespace pelikan::load {
namespace {

template <Wire W>
std::unique_ptr<Connection> make_connection(Traffic& traffic, ConnectionOwner& owner, size_t server,
                                            size_t window) {
  return std::make_unique<WireConnection<W>>(traffic, owner, server, window);
}

bool speaks_memcache(Verb verb) { return verb != Verb::kMset && !is_written_by_user(verb); }
bool speaks_anything(Verb) { return true; }

template <Wire W>
constexpr ProtocolSpec memcache(std::string_view name,
                                Greeting (*greeting)(const Login&) = nullptr) {
  return {.name = name,
          .port = 11211,
          .has_keys = true,
          .make_connection = make_connection<W>,
          .verb_name = W::name,
          .speaks = speaks_memcache,
          .reply_size = memcache_reply_size,
          .read_stats = read_memcache_stats,
          .greeting = greeting};
}

constexpr ProtocolSpec resp(std::string_view name, Greeting (*greeting)(const Login&)) {
  return {.name = name,
          .port = 6379,
          .has_keys = true,
          .make_connection = make_connection<RespWire>,
          .verb_name = RespWire::name,
          .speaks = RespWire::speaks,
          .reply_size = resp_reply_size,
          .read_stats = read_resp_stats,
          .greeting = greeting};
}

template <Wire W>
constexpr ProtocolSpec keyless(std::string_view name, uint16_t port) {
  return {.name = name,
          .port = port,
          .has_keys = false,
          .make_connection = make_connection<W>,
          .verb_name = W::name,
          .speaks = speaks_anything};
}

constexpr std::array kProtocols = {
    memcache<MemcacheWire>("memcache", memcache_greeting),
    memcache<MemcacheMetaWire>("memcache_meta"),
    // Statistics are asked for in text: the first byte of a connection tells servers which it is.
    memcache<BinaryWire>("memcache_binary"),
    resp("resp2", resp2_greeting),
    resp("resp3", resp3_greeting),
    keyless<PingWire>("ping", 12321),
    keyless<FixedWire>("fixed", 7),
};

std::string allowed_names() {
  std::string names;
  for (const ProtocolSpec& protocol : kProtocols) {
    names += names.empty() ? "" : "|";
    names += protocol.name;
  }
  return names;
}

}  // namespace

const ProtocolSpec& find_protocol(std::string_view name) {
  const auto found = std::ranges::find(kProtocols, name, &ProtocolSpec::name);
  if (found == kProtocols.end()) {
    throw SetupError(ExitCode::kConfig, fmt::format("protocol: '{}' is not spoken; allowed: {}",
                                                    escaped(name), allowed_names()));
  }
  return *found;
}

}  // namespace pelikan::load
