// The commands of the binary protocol that touch no item.
#pragma once

#include "buffer/output.h"
#include "protocol/memcache/parse_binary.h"
#include "service/memcache_control.h"
#include "service/memcache_outcome.h"

namespace pelikan {

// REQUIRES: not in an epoch; out.has_room()
[[nodiscard]] MemcacheOutcome execute_binary_control(const memcache::BinaryRequest& request,
                                                     const MemcacheControl& control, Output& out);

}  // namespace pelikan
