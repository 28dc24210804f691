// Popularity: which key is asked for next.
//
//   uniform               every key alike
//   zipf [THETA]          the r-th most popular key in proportion to 1 / r^THETA (default 0.99)
//   sequential            one after the other, again and again
//   gaussian [SD%]        normal around the middle, standard deviation in % of the keys (default
//   15) hotset K% T%          K % of the keys get T % of the requests latest [THETA]        zipf
//   over age: writes go to a new key each, reads to one written not long
//                         ago
//   exponential [K%]      exponential, K % of the keys get 95 % of the requests (default 85.71, as
//                         YCSB's)
//   histogram FILE        groups of keys and the share of requests that each gets, see
//                         histogram_file.h
//
// All but sequential and latest end with `scrambled` (default) or `ordered`: whether popularity has
// nothing to do with key numbers or follows them.
//
// Thread safety: one thread; each thread of a run has its own, with its Share.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "load/workload/random.h"
#include "load/workload/scramble.h"
#include "load/workload/share.h"
#include "load/workload/weighted_choice.h"
#include "load/workload/words.h"
#include "load/workload/zipf.h"

namespace pelikan::load {

struct PopularityOptions {
  Setting popularity;
  uint64_t keys;               // REQUIRES: > 0
  double drift_per_s = 0;      // keys that leave the most popular ranks each second
  double one_hit_percent = 0;  // of the requests: keys never asked for again
  uint64_t seed = 1;           // of the scramble, the same for all threads
};

class Popularity {
 public:
  // Throws SetupError when the text is no popularity.
  Popularity(const PopularityOptions& options, Share share);

  // The key of a read: a number below `keys`, or at least `keys` for a key asked for only once.
  [[nodiscard]] uint64_t read(Random& random) noexcept;
  // The key of a write: as a read's but for `latest`.
  [[nodiscard]] uint64_t write(Random& random) noexcept;

  // Time since the start of the run, for the drift.
  void move_to(std::chrono::nanoseconds elapsed) noexcept;

 private:
  // One shape each: called for a rank 0..keys-1, or for a key number if it is Numbered.
  struct Uniform {
    uint64_t keys;
    uint64_t operator()(Random& random) const noexcept { return random.uniform(keys); }
  };
  struct Gaussian {
    uint64_t keys;
    double deviation;
    uint64_t operator()(Random& random) const noexcept;
  };
  struct HotSet {
    uint64_t keys;
    uint64_t hot_keys;
    double hot_share;
    uint64_t operator()(Random& random) const noexcept;
  };
  struct Exponential {
    uint64_t keys;
    double mean;
    uint64_t operator()(Random& random) const noexcept;
  };
  struct Histogram {
    struct Group {
      uint64_t first;
      uint64_t keys;
    };
    std::vector<Group> groups;
    WeightedChoice choice;
    uint64_t operator()(Random& random) const noexcept;
  };
  struct Sequential {
    uint64_t keys;
    uint64_t next;
    uint32_t step;
    uint64_t operator()(Random& random) noexcept;
  };
  // Of the keys index, index + count, ... the thread writes one after the other.
  struct Latest {
    Zipf age;
    uint64_t keys;    // the thread's
    uint64_t newest;  // among these
    Share share;
    uint64_t operator()(Random& random) const noexcept;
    uint64_t write() noexcept;
  };
  using Shape =
      std::variant<Uniform, Zipf, Gaussian, HotSet, Exponential, Histogram, Sequential, Latest>;

  [[nodiscard]] static Shape parse_shape(Words& words, uint64_t keys, Share share);
  [[nodiscard]] static Histogram read_histogram(std::string_view path, uint64_t keys);

  [[nodiscard]] bool is_one_hit(Random& random) noexcept {
    return one_hit_share_ > 0 && random.unit() < one_hit_share_;
  }
  [[nodiscard]] uint64_t next_one_hit() noexcept;
  [[nodiscard]] uint64_t key_of(uint64_t rank) const noexcept;

  enum class Order : uint8_t { kScrambled, kOrdered, kNumbered };  // kNumbered: no rank but a key

  uint64_t keys_;
  double drift_per_s_;
  double one_hit_share_;
  Share share_;
  Scramble scramble_;
  Shape shape_;
  Order order_ = Order::kScrambled;
  uint64_t drifted_ = 0;   // keys by now, modulo keys_
  uint64_t one_hits_ = 0;  // the thread's
};

}  // namespace pelikan::load
