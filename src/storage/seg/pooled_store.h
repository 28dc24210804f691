// PooledStore: a SegStore in the memory its options ask for: that of the process, or a pool's file,
// which the next process goes on with.
//
//   PooledStore pooled(seg, pool, workers + 1, {time, metrics, log, version});
//   ... pooled.store() ...            // by threads that have ended before
//   pooled.keep();                    // the clean stop
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "datapool/file_pool.h"
#include "datapool/pool_options.h"
#include "storage/seg/seg_store.h"

namespace pelikan {

class Log;
class MetricRegistry;

class PooledStore {
 public:
  using Context = FilePool::Context;

  // Everything outlives it. Throws SetupError, with the exit code of its reason.
  PooledStore(const SegOptions& seg, const PoolOptions& pool, size_t threads,
              const Context& context);
  PooledStore(const PooledStore&) = delete;
  PooledStore& operator=(const PooledStore&) = delete;
  // Keeps what was not kept: a start that fails, after this one was made, loses nothing.
  ~PooledStore();

  [[nodiscard]] SegStore& store() noexcept { return *store_; }
  // "64MiB in 511 segments", and what came with the pool.
  [[nodiscard]] std::string banner() const;
  // Tells the log of items that were not what they had been. Called now and then.
  void tick() noexcept;

  // Leaves everything in the pool, if there is one, for the next process. Throws SetupError when
  // that cannot be made durable: the next one begins empty then.
  // REQUIRES: no other thread uses the store any more, now or later; no Reservation exists
  void keep();

 private:
  [[nodiscard]] LastingHeap lasting_heap() const noexcept;
  void tell_start(int64_t start_ns);
  [[nodiscard]] std::string_view why_empty() const noexcept;

  const Context context_;
  const std::string path_;
  std::unique_ptr<FilePool> pool_;  // null: memory of the process
  std::optional<SegStore> store_;
  int64_t attach_ms_ = 0;
  uint64_t corrupt_told_ = 0;
  bool is_kept_ = false;
};

}  // namespace pelikan
