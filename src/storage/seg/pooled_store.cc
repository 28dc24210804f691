#include "storage/seg/pooled_store.h"

#include <fmt/format.h>

#include <cstring>

#include "base/bytes.h"
#include "base/setup_error.h"
#include "log/log.h"
#include "storage/seg/eviction.h"

namespace pelikan {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;

}  // namespace

PooledStore::PooledStore(const SegOptions& seg, const PoolOptions& pool, size_t threads,
                         const Context& context)
    : context_(context), path_(pool.path.get()) {
  if (path_.empty()) {
    store_.emplace(seg, threads, context.time, context.metrics);
    return;
  }
  const int64_t start_ns = context.time.precise_ns();
  pool_ = std::make_unique<FilePool>(pool, SegStore::pool_shape(seg, threads), context);
  store_.emplace(seg, threads, context.time, context.metrics, lasting_heap());
  pool_->drop_kept();
  tell_start(start_ns);
}

PooledStore::~PooledStore() {
  try {
    keep();
  } catch (const SetupError& error) {
    LOG_ERROR(context_.log, "{}", error.what());
  }
}

LastingHeap PooledStore::lasting_heap() const noexcept {
  LastingHeap heap{.pool = pool_.get(),
                   .copy = pool_->heap_copy(),
                   .kept = pool_->kept(),
                   .stopped_ms = pool_->stopped_ms()};
  std::memcpy(&heap.hash_seed, pool_->hash_seed().data(), sizeof heap.hash_seed);
  return heap;
}

void PooledStore::tell_start(int64_t start_ns) {
  attach_ms_ = (context_.time.precise_ns() - start_ns) / kNsPerMs;
  if (const auto items = store_->attached_items()) {
    LOG_INFO(context_.log, "pool {}: attached {} items in {} ms", path_, *items, attach_ms_);
  } else {
    LOG_INFO(context_.log, "pool {}: starts empty ({})", path_, why_empty());
  }
}

std::string PooledStore::banner() const {
  std::string text =
      fmt::format("{}MiB in {} segments", store_->memory_bytes() / kMiB, store_->segment_count());
  if (pool_ == nullptr) return text;
  if (const auto items = store_->attached_items()) {
    return text + fmt::format(" of {}, {} items attached in {}ms", path_, *items, attach_ms_);
  }
  return text + fmt::format(" of {}, empty ({})", path_, why_empty());
}

std::string_view PooledStore::why_empty() const noexcept {
  const std::string& why = pool_->why_empty();
  return why.empty() ? "its tables do not fit this store" : std::string_view(why);
}

void PooledStore::tick() noexcept {
  const uint64_t corrupt = store_->corrupt_items();
  if (corrupt == corrupt_told_) return;
  LOG_WARN(context_.log, "pool {}: {} items were not what had been written, and were dropped",
           path_, corrupt - corrupt_told_);
  corrupt_told_ = corrupt;
}

void PooledStore::keep() {
  if (pool_ == nullptr || is_kept_) return;
  is_kept_ = true;
  const int64_t start_ns = context_.time.precise_ns();
  pool_->keep([this](PoolWriter& writer) {
    store_->write_tables(writer.stopped_ms(),
                         [&](std::span<const std::byte> bytes) { writer.append(bytes); });
  });
  LOG_INFO(context_.log, "pool {}: keeps {} items, in {} ms", path_, store_->item_count(),
           (context_.time.precise_ns() - start_ns) / kNsPerMs);
}

}  // namespace pelikan
