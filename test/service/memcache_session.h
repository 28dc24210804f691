// A connection to an empty store, for the golden table and for the fuzz target.
#pragma once

#include <string>
#include <string_view>

#include "memcache_golden.h"
#include "memcache_rig.h"

namespace pelikan::test {

// Making the server around it is what would take long: it may serve many sessions, one after the
// other.
template <MemcacheBackend Store>
struct MemcacheSession {
  MemcacheSession(MemcacheServer& around, Store& empty_store) : server(around), store(empty_store) {
    server.control.watch().tick();  // those who watched before have left
  }

  MemcacheServer& server;
  Store& store;
  MemcacheShared<Store> shared{
      store, server.clock, server.control, server.metrics, server.klog,
  };
  MemcacheConnection<Store> connection{server, shared};
  std::string cas;

  // Runs a case, handing each step's bytes to `feed`; returns what is wrong.
  template <class Feed>
  [[nodiscard]] std::string run(const GoldenCase& golden, const Feed& feed) {
    for (const GoldenStep& step : golden.steps) {
      if (step.wait_ms != 0) server.advance_s(step.wait_ms / 1000);
      std::string bytes = step.send;
      replace_all(bytes, "{cas}", cas);
      replace_all(bytes, "{cas8}", cas);
      const std::string replies = feed(bytes);
      if (!golden_match(replies, step.expect, cas)) {
        return golden.name + ": got '" + replies.substr(0, 2000) + "', expected '" +
               step.expect.substr(0, 2000) + "'";
      }
    }
    if (connection.is_closed() == golden.closes) return {};
    return golden.name + (golden.closes ? ": not closed" : ": closed");
  }
};

}  // namespace pelikan::test
