// MemcachePrefixes counts reads and writes by what stands before the delimiter in their keys: the
// statistics of `stats detail`. Off unless the operator or a client turns it on: it is for a look
// at who fills the cache, and takes a lock for every key while it is on.
//
// Thread safety: all methods from any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "protocol/memcache/request.h"

namespace pelikan {

class MemcachePrefixes {
 public:
  // Keys of more prefixes than these are not counted.
  static constexpr size_t kMost = 65'536;

  // Throws SetupError when the delimiter is not one character.
  MemcachePrefixes(std::string_view delimiter, bool on);

  // relaxed: a worker that sees a change late counts a few keys more or less.
  [[nodiscard]] bool is_on() const noexcept { return on_.load(std::memory_order_relaxed); }
  // A key operation that was executed; `hit` is of interest for a retrieval. Keys without a
  // delimiter are not counted, nor are operations that are no get, storage or delete.
  void count(const memcache::Request& request, bool hit);
  void clear();

  // The whole answer to `stats detail <words>`.
  [[nodiscard]] std::string answer(std::string_view words);

 private:
  struct Counts {
    uint64_t get = 0;
    uint64_t hit = 0;
    uint64_t set = 0;
    uint64_t erased = 0;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };

  // Null when there is no room for another prefix. REQUIRES: mutex_ is held
  [[nodiscard]] Counts* counts_of(std::string_view prefix);
  [[nodiscard]] std::string dump();

  const char delimiter_;
  std::atomic<bool> on_;
  std::mutex mutex_;
  std::unordered_map<std::string, Counts, Hash, std::equal_to<>> prefixes_;
};

}  // namespace pelikan
