// Workload: a sequence of requests to replay, made before the clock runs. A request names a key by
// its number; what belongs to a key (text, size, TTL) follows from the number alone, so that two
// runs are alike.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pelikan::replay {

// A share of the keys and how long they live; shares of a mix add up to one.
struct TtlShare {
  uint32_t seconds;
  double share;
};

// How a workload's keys look.
struct KeyModel {
  uint32_t key_bytes;          // all keys are as long
  double value_bytes;          // mean of a lognormal distribution
  double sigma;                // of the logarithm
  uint32_t min_value_bytes;    // smaller ones are as large as this
  std::vector<TtlShare> ttls;  // each key keeps one of them

  [[nodiscard]] uint32_t value_size(uint32_t key) const;
  [[nodiscard]] uint32_t ttl_seconds(uint32_t key) const;
};

struct Workload {
  std::string name;
  KeyModel model;
  std::vector<uint32_t> keys;  // one a request
  double set_share;            // of the requests that write; the others are cache-aside gets

  // Whether the request at this index writes.
  [[nodiscard]] bool is_set(size_t index) const;
};

inline constexpr uint32_t kMinKeyBytes =
    10;  // a key is its number in decimal, padded to its length
inline constexpr uint32_t kMaxValueBytes = 1'000'000;

// A well mixed number for a number: the randomness of everything that follows from a key.
[[nodiscard]] uint64_t mix(uint64_t number) noexcept;
// The same, as a fraction in (0, 1).
[[nodiscard]] double mix_to_fraction(uint64_t number) noexcept;

}  // namespace pelikan::replay
