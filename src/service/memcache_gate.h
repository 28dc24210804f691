// MemcacheGate stands before a connection that has not said yet who it is. It refuses whatever
// comes but a right name and password; then it opens and can be taken away.
#pragma once

#include <string_view>

#include "buffer/output.h"
#include "core/processor.h"
#include "protocol/memcache/auth.h"
#include "protocol/memcache/reply.h"
#include "service/memcache_auth.h"
#include "service/memcache_metrics.h"

namespace pelikan {

class MemcacheGate {
 public:
  // REQUIRES: auth and metrics outlive it
  MemcacheGate(const MemcacheAuth& auth, MemcacheMetrics& metrics) noexcept
      : auth_(auth), metrics_(metrics) {}

  // As Conversation::process(), but stops behind the attempt that opens the gate: what follows it
  // in `in` is for the conversation.
  [[nodiscard]] Progress process(std::string_view in, Output& out) noexcept;
  [[nodiscard]] bool is_open() const noexcept { return is_open_; }

 private:
  [[nodiscard]] memcache::Reply judge(memcache::AuthStatus status,
                                      const memcache::AuthAttempt& attempt,
                                      MemcacheTally& tally) noexcept;

  const MemcacheAuth& auth_;
  MemcacheMetrics& metrics_;
  bool is_open_ = false;
};

}  // namespace pelikan
