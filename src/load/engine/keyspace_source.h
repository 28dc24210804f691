// KeyspaceSource: requests made from keyspaces: texts of keys, bytes of values, and what answers
// call for. WorkloadSource draws them as the mixes and popularities say; PrefillSource stores keys
// one after the other.
//
// Thread safety: one thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "load/engine/source.h"
#include "load/workload/workload.h"

namespace pelikan::load {

class KeyspaceSource : public Source {
 public:
  // REQUIRES: the workload outlives it
  KeyspaceSource(const Workload& workload, Random random);

  void move_to(int64_t elapsed_ns) noexcept override;
  void follow(const FollowUp& what, WireRequest& request) noexcept override;
  [[nodiscard]] int64_t fill_delay_ns(uint8_t keyspace) const noexcept override {
    return traits_[keyspace].fill_delay_ns;
  }
  [[nodiscard]] bool is_key(KeyReference key, std::string_view text) noexcept override;
  [[nodiscard]] bool is_intact(KeyReference key, std::string_view value) noexcept override;

 protected:
  // Begins a request about one key; write_another_key() adds to it.
  void write_key(size_t keyspace, uint64_t key, WireRequest& request) noexcept;
  void write_another_key(uint64_t key, WireRequest& request) noexcept;
  void write_value(uint32_t size, WireRequest& request) noexcept;
  // A value for each key; `size` is that of the first.
  void write_values(uint32_t size, WireRequest& request) noexcept;
  // What stores the request's key, for the first time or again.
  void write_fill(WireRequest& request) noexcept;
  // `value_size` is of the command's {value}, where it has one.
  void write_words(const RawCommand& command, uint32_t value_size, WireRequest& request) noexcept;
  [[nodiscard]] const Keyspace& keyspace(size_t index) const noexcept {
    return *workload_.keyspaces()[index];
  }

  Random random_;

 private:
  struct Traits {  // of a keyspace
    bool fills;
    bool verifies;
    int64_t fill_delay_ns;
  };
  using KeyBytes = std::array<char, KeyText::kMaxBytes>;

  void make_room_for_words();
  [[nodiscard]] std::string_view make_value(const WireRequest& request, uint64_t key, uint32_t size,
                                            char* to) noexcept;

  const Workload& workload_;
  std::vector<Traits> traits_;
  const int64_t start_unix_ms_;
  int64_t now_unix_ms_;
  std::vector<KeyBytes> key_bytes_;  // as many as a request has keys, as the two below
  std::vector<std::string_view> keys_;
  std::vector<uint64_t> numbers_;
  std::vector<std::string_view> values_;  // of an mset
  std::unique_ptr<char[]> value_;         // all of a request
  std::vector<std::string_view> words_;   // of a raw command, which lie in the next
  std::unique_ptr<char[]> word_bytes_;
};

// Thread safety: one thread.
class WorkloadSource final : public KeyspaceSource {
 public:
  WorkloadSource(const Workload& workload, Share share, uint64_t seed);

  [[nodiscard]] bool next(WireRequest& request) noexcept override;
  void move_to(int64_t elapsed_ns) noexcept override;

 private:
  RequestStream stream_;
};

// How much of the keyspaces to store.
struct PrefillAmount {
  double share = 1;    // of every keyspace's keys
  uint64_t bytes = 0;  // of keys and values at most; 0: no limit
};

// Thread safety: one thread.
class PrefillSource final : public KeyspaceSource {
 public:
  PrefillSource(const Workload& workload, Share share, uint64_t seed, const PrefillAmount& amount);

  [[nodiscard]] bool next(WireRequest& request) noexcept override;

 private:
  const Share share_;
  const PrefillAmount amount_;
  const size_t keyspaces_;
  size_t keyspace_ = 0;
  uint64_t key_;
  uint64_t bytes_ = 0;
};

}  // namespace pelikan::load
