// memcached's `stats`: the names that its tools, exporters and dashboards read, filled from our
// metrics and options. What we do not have is 0; a missing name would break a dashboard.
//
// Thread safety: any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/service.h"
#include "service/memcache_prefixes.h"

namespace pelikan {

// The whole answer to `stats <words>`: general (no words), settings, items, slabs, sizes, conns,
// detail, reset; words behind these mean nothing, but to detail. Empty when memcached
// knows no such words.
[[nodiscard]] std::optional<std::string> memcache_stats(std::string_view words,
                                                        const ServerContext& context,
                                                        MemcachePrefixes& prefixes);

// What `version` and `stats` say: "1.6.45-pelikan-0.1.0". First the memcached whose behaviour this
// is, as three numbers: libmemcached and others read just these, and decide by them what they may
// ask for. Then who really answers.
[[nodiscard]] std::string memcache_version(std::string_view project_version);

}  // namespace pelikan
