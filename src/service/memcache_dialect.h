// The protocols in which one service is spoken to: what reads requests, and what executes and
// answers them. Batches, turns and values that arrive in pieces are the same for all.
#pragma once

#include "protocol/memcache/parse.h"
#include "protocol/memcache/parse_binary.h"
#include "service/memcache_binary_executor.h"
#include "service/memcache_executor.h"

namespace pelikan {

template <MemcacheBackend Store>
struct TextDialect {
  using Parser = memcache::RequestParser;
  using Executor = MemcacheExecutor<Store>;
  static constexpr bool kHasDumps = true;  // a dump is lines
};

template <MemcacheBackend Store>
struct BinaryDialect {
  using Parser = memcache::BinaryParser;
  using Executor = MemcacheBinaryExecutor<Store>;
  static constexpr bool kHasDumps = false;
};

}  // namespace pelikan
