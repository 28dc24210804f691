// lru, slabs and lru_crawler: commands that tune the inside of memcached. Scripts send them, and a
// server that has segments instead of slabs and lists checks them as memcached does, says OK, and
// leaves everything as it is. Moving memory from class to class is disabled, as memcached's
// `-o no_slab_reassign` has it.
//
// The words of cache_memlimit are read here too; the store heeds them.
//
// Source: memcached's doc/protocol.txt and the behaviour of memcached 1.6.45.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/memcache/request.h"

namespace pelikan {

// The reply, with its CR LF. REQUIRES: command is kLru, kSlabs or kLruCrawler
[[nodiscard]] std::string_view answer_tuning(memcache::Command command,
                                             std::string_view words) noexcept;

// The argument of cache_memlimit, in bytes, or what is wrong with it.
struct MemoryLimit {
  uint64_t bytes = 0;
  std::string_view refusal{};  // a reply, with its CR LF
};
[[nodiscard]] MemoryLimit read_memory_limit(std::string_view words) noexcept;

// Whether it is a list of slab classes as lru_crawler takes one: "all", "hash", "1,2,63".
[[nodiscard]] bool names_classes(std::string_view word) noexcept;

}  // namespace pelikan
