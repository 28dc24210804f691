// A small store over memory that outlives it, which a test stops and starts again, with time that
// passes between, and with whatever it does to the bytes that are kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/seg/seg_fixture.h"
#include "storage/seg/seg_store.h"

namespace pelikan::test {

// Memory of the test's, which stays as it is.
class KeptPool final : public DataPool {
 public:
  explicit KeptPool(size_t bytes) : memory_(bytes + kAlign) {}
  [[nodiscard]] std::span<std::byte> bytes() noexcept override {
    const auto address = reinterpret_cast<uintptr_t>(memory_.data());
    return std::span(memory_).subspan((kAlign - address % kAlign) % kAlign,
                                      memory_.size() - kAlign);
  }
  void forget(size_t /*offset*/, size_t /*size*/) noexcept override {}

 private:
  static constexpr size_t kAlign = 4096;
  std::vector<std::byte> memory_;
};

class RestartStage {
 public:
  using Store = SegStore::Access;

  explicit RestartStage(HeapCopy copy = {})
      : options_({256 * kKiB}, {2 * kKiB}, {8 * kKiB}),
        shape_(SegStore::pool_shape(options_, kThreads)),
        copy_(copy),
        pool_(shape_.heap_bytes()) {
    start();
  }

  void start() { process_.emplace(options_, time_, heap()); }
  // A clean stop; what is kept is in kept().
  void stop() {
    kept_.clear();
    process_->segments.write_tables(time_.boot_ms(), [this](std::span<const std::byte> bytes) {
      kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    });
    stopped_ms_ = time_.boot_ms();
    process_.reset();
  }
  void restart(int64_t down_ms = 0) {
    stop();
    time_.advance_ms(down_ms);
    start();
  }
  // As after a kill: what was kept is not written anew.
  void kill() { process_.reset(); }

  std::vector<std::byte>& kept() { return kept_; }
  std::span<std::byte> heap_bytes() { return pool_.bytes(); }
  [[nodiscard]] const PoolShape& shape() const { return shape_; }

  void advance_ms(int64_t ms) {
    time_.advance_ms(ms);
    process_->clock.refresh();
  }
  void maintain() { process_->maintenance.run_once(); }
  void check() { process_->segments.check_invariants(); }
  int64_t metric(std::string_view name) { return process_->registry.read().value(name); }
  std::optional<size_t> attached() { return process_->segments.attached_items(); }
  [[nodiscard]] Expiry in_ms(int64_t ms) { return {time_.boot_ms() + ms}; }

  Store& store() { return process_->store; }
  // For further threads, four at most.
  SegStore& segments() { return process_->segments; }
  const TimeSource& time() { return time_; }
  // act(lookup), in an epoch and prepared.
  template <class Act>
  auto with(std::string_view key, Act&& act) {
    const auto epoch = store().enter();
    Lookup lookup{key};
    store().prepare({&lookup, 1});
    return act(lookup);
  }
  // False: no memory.
  bool put(std::string_view key, const Value& value, const WriteTerms& terms = {}) {
    for (int turn = 0; turn < 3; ++turn) {
      const PutStatus status =
          with(key, [&](const Lookup& lookup) { return store().put(lookup, value, terms).status; });
      if (status != PutStatus::kNoMemory) return status == PutStatus::kStored;
      (void)store().make_room();
    }
    return false;
  }
  // The whole value, its flags before it; empty: a miss.
  std::optional<std::string> get(std::string_view key) {
    return with(key, [&](const Lookup& lookup) -> std::optional<std::string> {
      const auto item = store().get(lookup);
      if (!item) return std::nullopt;
      std::string whole = std::to_string(item->flags()) + ":";
      for (size_t size = 0; size < item->value_size();) {
        const std::string_view part = item->value_part(size);
        whole += part;
        size += part.size();
      }
      return whole;
    });
  }
  std::optional<uint64_t> cas(std::string_view key) {
    return with(key, [&](const Lookup& lookup) -> std::optional<uint64_t> {
      const auto item = store().peek(lookup);
      return item ? std::optional(item->cas()) : std::nullopt;
    });
  }
  bool erase(std::string_view key) {
    return with(key, [&](const Lookup& lookup) { return store().erase(lookup); });
  }

 private:
  static constexpr size_t kThreads = 6;

  struct Process {
    Process(const SegOptions& options, const TimeSource& time, const LastingHeap& heap)
        : segments(options, kThreads, time, registry, heap),
          clock(time),
          maintenance(segments, time),
          store(segments.access(clock)) {}

    MetricRegistry registry;
    SegStore segments;
    Clock clock;
    Maintenance maintenance;
    Store store;
  };

  [[nodiscard]] LastingHeap heap() {
    return {
        .pool = &pool_, .copy = copy_, .hash_seed = 42, .kept = kept_, .stopped_ms = stopped_ms_};
  }

  const SmallSegOptions options_;
  const PoolShape shape_;
  const HeapCopy copy_;
  KeptPool pool_;
  FakeTime time_;
  std::vector<std::byte> kept_;
  int64_t stopped_ms_ = 0;
  std::optional<Process> process_;
};

}  // namespace pelikan::test
