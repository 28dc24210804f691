// A connection to an empty store, for the golden table and for the fuzz target.
#pragma once

#include <string>
#include <string_view>

#include "golden_play.h"
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
    return play_golden(
        golden, connection, cas, [this](int64_t ms) { server.advance_s(ms / 1000); }, feed);
  }
};

}  // namespace pelikan::test
