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
#include "load/engine/resp_wire.h"
#include "load/engine/wire_connection.h"

namespace pelikan::load {
namespace {

template <Wire W>
std::unique_ptr<Connection> make_connection(Traffic& traffic, ConnectionOwner& owner, size_t server,
                                            size_t window) {
  return std::make_unique<WireConnection<W>>(traffic, owner, server, window);
}

bool speaks_memcache(Verb verb) { return verb != Verb::kMset && verb != Verb::kRaw; }
bool speaks_anything(Verb) { return true; }

constexpr std::array kProtocols = {
    ProtocolSpec{.name = "memcache",
                 .port = 11211,
                 .has_keys = true,
                 .make_connection = make_connection<MemcacheWire>,
                 .verb_name = MemcacheWire::name,
                 .speaks = speaks_memcache,
                 .reply_size = memcache_reply_size,
                 .read_stats = read_memcache_stats,
                 .greeting = memcache_greeting},
    // Statistics are asked for in text: the first byte of a connection tells servers which it is.
    ProtocolSpec{.name = "memcache_binary",
                 .port = 11211,
                 .has_keys = true,
                 .make_connection = make_connection<BinaryWire>,
                 .verb_name = BinaryWire::name,
                 .speaks = speaks_memcache,
                 .reply_size = memcache_reply_size,
                 .read_stats = read_memcache_stats},
    ProtocolSpec{.name = "memcache_meta",
                 .port = 11211,
                 .has_keys = true,
                 .make_connection = make_connection<MemcacheMetaWire>,
                 .verb_name = MemcacheMetaWire::name,
                 .speaks = speaks_memcache,
                 .reply_size = memcache_reply_size,
                 .read_stats = read_memcache_stats},
    ProtocolSpec{.name = "resp2",
                 .port = 6379,
                 .has_keys = true,
                 .make_connection = make_connection<RespWire>,
                 .verb_name = RespWire::name,
                 .speaks = RespWire::speaks,
                 .reply_size = resp_reply_size,
                 .read_stats = read_resp_stats,
                 .greeting = resp2_greeting},
    ProtocolSpec{.name = "resp3",
                 .port = 6379,
                 .has_keys = true,
                 .make_connection = make_connection<RespWire>,
                 .verb_name = RespWire::name,
                 .speaks = RespWire::speaks,
                 .reply_size = resp_reply_size,
                 .read_stats = read_resp_stats,
                 .greeting = resp3_greeting},
    ProtocolSpec{.name = "ping",
                 .port = 12321,
                 .has_keys = false,
                 .make_connection = make_connection<PingWire>,
                 .verb_name = PingWire::name,
                 .speaks = speaks_anything},
    ProtocolSpec{.name = "fixed",
                 .port = 7,
                 .has_keys = false,
                 .make_connection = make_connection<FixedWire>,
                 .verb_name = FixedWire::name,
                 .speaks = speaks_anything},
};

}  // namespace

const ProtocolSpec& find_protocol(std::string_view name) {
  const auto found = std::ranges::find(kProtocols, name, &ProtocolSpec::name);
  if (found == kProtocols.end()) {
    throw SetupError(ExitCode::kConfig,
                     fmt::format("protocol: '{}' is not spoken; allowed: "
                                 "memcache|memcache_meta|memcache_binary|resp2|resp3|ping|fixed",
                                 escaped(name)));
  }
  return *found;
}

}  // namespace pelikan::load
