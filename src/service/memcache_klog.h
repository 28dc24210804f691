// What the command log says of a key operation: its words, the code of its outcome, and the bytes
// of its reply (docs/reference/klog.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "log/klog_code.h"
#include "log/klog_writer.h"
#include "protocol/memcache/meta.h"
#include "protocol/memcache/request.h"
#include "service/memcache_metrics.h"

namespace pelikan {

// How a key operation ended, told from what it counted, so that nothing need be noted of those that
// are not logged. REQUIRES: nothing else was counted between `before` and `after`
[[nodiscard]] KlogCode klog_code(memcache::Command command, const MemcacheTally& before,
                                 const MemcacheTally& after) noexcept;

// Logs a key operation, a meta command with its flags (else null); `written` are the bytes it
// brought into the output. REQUIRES: klog.ahead() == 0; the request's key is still there
void log_request(KlogWriter& klog, std::string_view peer, const memcache::Request& request,
                 const memcache::MetaFlags* flags, KlogCode code, size_t written) noexcept;

}  // namespace pelikan
