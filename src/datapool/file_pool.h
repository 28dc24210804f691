// FilePool: a pool that lies in a file and outlives the process.
//
// A store asks for its shape and gets the heap: a new file, or the one the last process left. When
// that one stopped cleanly, kept() is what it wrote with keep(): then the heap's content and the
// tables belong together. In every other case kept() is empty, the heap's content means nothing,
// and the store starts empty.
//
// What makes this safe: until the file has been validated nothing in it is written; from then on
// both superblocks say DIRTY, until keep() has made heap and tables durable; of the two, only one
// ever says CLEAN, so that losing it cannot bring an older state back. superblock.h has the layout.
//
// Thread safety: bytes() from any; everything else from one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "datapool/datapool.h"
#include "datapool/heap_copy.h"
#include "datapool/pool_medium.h"
#include "datapool/pool_metrics.h"
#include "datapool/pool_options.h"
#include "datapool/pool_shape.h"

namespace pelikan {

class Log;
class MetricRegistry;

// Takes the tables of a clean stop, in any pieces.
class PoolWriter {
 public:
  // REQUIRES: not more in all than the shape's tables_bytes
  virtual void append(std::span<const std::byte> bytes) noexcept = 0;

 protected:
  ~PoolWriter() = default;
};

class FilePool final : public DataPool {
 public:
  // Everything outlives the pool.
  struct Context {
    MetricRegistry& metrics;
    const TimeSource& time;
    Log& log;
    std::string_view version;  // of the server
  };

  // Opens the file of pool_path, or makes it. Throws SetupError, with the exit code of its reason.
  // REQUIRES: pool_path is not empty
  FilePool(const PoolOptions& options, const PoolShape& shape, const Context& context);
  // With a medium of the caller's, and the boot's name as the system would give it.
  FilePool(const PoolOptions& options, const PoolShape& shape, const Context& context,
           const MapMedium& map, std::string_view boot_id);
  FilePool(const FilePool&) = delete;
  FilePool& operator=(const FilePool&) = delete;
  ~FilePool() override;  // without keep(), the pool is DIRTY

  // The heap: shape.heap_bytes(). What a new pool has in it is zero.
  [[nodiscard]] std::span<std::byte> bytes() noexcept override;
  // Keeps the pages: their space in the file stays reserved.
  void forget(size_t offset, size_t size) noexcept override;
  [[nodiscard]] HeapCopy heap_copy() const noexcept;
  // "msync" or "pmem".
  [[nodiscard]] std::string_view medium() const noexcept;

  // The tables as the last clean stop wrote them, checked; valid until drop_kept(). Empty: there
  // are none, and why_empty() says why ("new", "not closed cleanly (generation 41)", ...).
  [[nodiscard]] std::span<const std::byte> kept() const noexcept;
  [[nodiscard]] const std::string& why_empty() const noexcept;
  // The store has read them, or cannot use them.
  void drop_kept() noexcept;
  // Milliseconds that TTLs have run since that clean stop: of the boot clock within one boot, of
  // the wall clock across boots. Never negative: when the wall clock was set back behind the stop,
  // none have, and a line in the log says so.
  [[nodiscard]] int64_t passed_ms() const noexcept;

  // A secret of this pool, the same from the start that found it empty to the one that finds it
  // empty again.
  [[nodiscard]] const std::array<std::byte, 16>& hash_seed() const noexcept;

  // The clean stop: makes the heap durable, then the tables that `write_tables` appends, then the
  // word that says CLEAN. Throws SetupError when a sync fails; then the pool stays DIRTY.
  // REQUIRES: nobody writes to the heap any more; not called before
  void keep(const std::function<void(PoolWriter&)>& write_tables);

 private:
  struct Parts;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace pelikan
