#include "load/engine/protocols.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/escape.h"
#include "base/setup_error.h"
#include "load/engine/binary_wire.h"
#include "load/engine/fixed_wire.h"
#include "load/engine/memcache_meta_wire.h"
#include "load/engine/memcache_wire.h"
#include "load/engine/ping_wire.h"
#include "load/engine/wire_connection.h"

namespace pelikan::load {
namespace {

template <Wire W>
std::unique_ptr<Connection> make_connection(Traffic& traffic, ConnectionOwner& owner, size_t server,
                                            size_t window) {
  return std::make_unique<WireConnection<W>>(traffic, owner, server, window);
}

constexpr std::array kProtocols = {
    ProtocolSpec{.name = "memcache",
                 .port = 11211,
                 .has_keys = true,
                 .has_stats = true,
                 .make_connection = make_connection<MemcacheWire>,
                 .verb_name = MemcacheWire::name},
    // Statistics are asked for in text: the first byte of a connection tells servers which it is.
    ProtocolSpec{.name = "memcache_binary",
                 .port = 11211,
                 .has_keys = true,
                 .has_stats = true,
                 .make_connection = make_connection<BinaryWire>,
                 .verb_name = BinaryWire::name},
    ProtocolSpec{.name = "memcache_meta",
                 .port = 11211,
                 .has_keys = true,
                 .has_stats = true,
                 .make_connection = make_connection<MemcacheMetaWire>,
                 .verb_name = MemcacheMetaWire::name},
    ProtocolSpec{.name = "ping",
                 .port = 12321,
                 .has_keys = false,
                 .has_stats = false,
                 .make_connection = make_connection<PingWire>,
                 .verb_name = PingWire::name},
    ProtocolSpec{.name = "fixed",
                 .port = 7,
                 .has_keys = false,
                 .has_stats = false,
                 .make_connection = make_connection<FixedWire>,
                 .verb_name = FixedWire::name},
};

}  // namespace

const ProtocolSpec& find_protocol(std::string_view name) {
  const auto found = std::ranges::find(kProtocols, name, &ProtocolSpec::name);
  if (found == kProtocols.end()) {
    throw SetupError(ExitCode::kConfig,
                     fmt::format("protocol: '{}' is not spoken; allowed: "
                                 "memcache|memcache_meta|memcache_binary|ping|fixed",
                                 escaped(name)));
  }
  return *found;
}

}  // namespace pelikan::load
