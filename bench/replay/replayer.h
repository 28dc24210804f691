// Replayer: plays a workload against a server as an application with a cache aside would: get; on a
// miss set. Values are made from their keys, so that a wrong one is noticed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connection.h"
#include "protocol/memcache/compose.h"
#include "protocol/memcache/request.h"
#include "workload.h"

namespace pelikan::replay {

struct Result {
  uint64_t requests = 0;
  double seconds = 0;
  uint64_t gets = 0;    // after the first quarter, which only warms the cache
  uint64_t hits = 0;    // of those gets
  uint64_t errors = 0;  // error replies, and values that are not their key's; of all requests
  std::string first_error;
};

class Replayer {
 public:
  // REQUIRES: both outlive the replayer; batch > 0
  Replayer(Connection& connection, const Workload& workload, size_t batch);

  // Empties the server's cache, then plays the whole workload, `batch` requests on their way at a
  // time. Throws std::runtime_error when the connection is lost.
  [[nodiscard]] Result run();

 private:
  void flush();
  // Plays the requests [first, last).
  void play(size_t first, size_t last);
  void add_set(uint32_t key);
  // Sets the keys that were asked for and missed.
  void fill();
  // What the get at this index of the workload brought.
  void count_get(size_t index, bool hit);
  void count_error(std::string_view what);
  [[nodiscard]] bool is_value_of(uint32_t key, std::string_view bytes) const;
  // The key's text; valid until the next call.
  [[nodiscard]] std::string_view key_text(uint32_t key);
  // The key's value; valid until the next call.
  [[nodiscard]] std::string_view value_of(uint32_t key);

  struct KeyFacts {
    uint32_t value_size;
    uint32_t ttl_seconds;
  };

  Connection& connection_;
  const Workload& workload_;
  size_t batch_;
  std::vector<KeyFacts> facts_;   // by key number; computing them takes longer than a request
  std::vector<uint32_t> misses_;  // of the batch, each key once
  std::array<char, memcache::kMaxKey + memcache::kCopySlack> key_text_{};
  std::vector<uint64_t> value_words_;
  Result result_;
};

}  // namespace pelikan::replay
