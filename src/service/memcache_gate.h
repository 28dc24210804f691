// MemcacheGate stands before a connection that has not said yet who it is. It refuses whatever
// comes but a right name and password; then it opens and can be taken away. Who tries many is made
// to wait, and closed in the end.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "buffer/output.h"
#include "core/processor.h"
#include "protocol/memcache/auth.h"
#include "protocol/memcache/reply.h"
#include "service/guess_limit.h"
#include "service/memcache_auth.h"
#include "service/memcache_metrics.h"

namespace pelikan {

class MemcacheGate {
 public:
  // REQUIRES: all outlive it
  MemcacheGate(const MemcacheAuth& auth, const Clock& clock, MemcacheMetrics& metrics) noexcept
      : auth_(auth), clock_(clock), metrics_(metrics) {}

  // As Conversation::process(), but stops behind the attempt that opens the gate: what follows it
  // in `in` is for the conversation.
  [[nodiscard]] Progress process(std::string_view in, Output& out) noexcept;
  [[nodiscard]] bool is_open() const noexcept { return is_open_; }

 private:
  [[nodiscard]] memcache::Reply judge(memcache::AuthStatus status,
                                      const memcache::AuthAttempt& attempt,
                                      MemcacheTally& tally) noexcept;

  // True: that was the last attempt.
  [[nodiscard]] bool note_failure(MemcacheTally& tally) noexcept;

  const MemcacheAuth& auth_;
  const Clock& clock_;
  MemcacheMetrics& metrics_;
  GuessLimit guesses_;
  bool is_open_ = false;
};

}  // namespace pelikan
