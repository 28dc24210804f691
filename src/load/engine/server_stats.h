// What a server says of itself: memcache's `version` and `stats`, Redis' INFO.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "load/engine/asker.h"
#include "load/engine/greeting.h"
#include "load/engine/result.h"

namespace pelikan::load {

struct ServerStats {
  std::string version;
  std::optional<uint64_t> items;  // it holds
  NamedTexts stats;
};

// A proxy closes the connection at what it does not pass on, so there may be neither version nor
// statistics. All throw ServerUnreachable.
[[nodiscard]] ServerStats read_memcache_stats(Asker& asker);
[[nodiscard]] size_t memcache_reply_size(std::string_view in);

[[nodiscard]] ServerStats read_resp_stats(Asker& asker);
[[nodiscard]] size_t resp_reply_size(std::string_view in);

// A name and a password as memcached's text protocol takes them: as the value of a set.
[[nodiscard]] Greeting memcache_greeting(const Login& login);
[[nodiscard]] Greeting resp2_greeting(const Login& login);
[[nodiscard]] Greeting resp3_greeting(const Login& login);

}  // namespace pelikan::load
