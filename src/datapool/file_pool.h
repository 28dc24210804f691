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
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "datapool/bus_error.h"
#include "datapool/datapool.h"
#include "datapool/heap_copy.h"
#include "datapool/pool_examination.h"
#include "datapool/pool_file.h"
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
  PoolWriter(std::span<std::byte> room, int64_t stopped_ms) noexcept
      : room_(room), stopped_ms_(stopped_ms) {}

  // REQUIRES: not more in all than the shape's tables_bytes
  void append(std::span<const std::byte> bytes) noexcept;
  [[nodiscard]] uint64_t written() const noexcept { return written_; }
  // The moment of the stop on the boot clock, which the tables are to be of: what the syncs take is
  // time that passes.
  [[nodiscard]] int64_t stopped_ms() const noexcept { return stopped_ms_; }

 private:
  const std::span<std::byte> room_;
  const int64_t stopped_ms_;
  uint64_t written_ = 0;
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

  // The heap: shape.heap_bytes().
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
  // The moment of that clean stop on the boot clock of now: within one boot as it was, across boots
  // as long ago as the wall clock says. Never to come: when the wall clock was set back behind the
  // stop, it is the moment of the open, and a line in the log says so.
  [[nodiscard]] int64_t stopped_ms() const noexcept;

  // A secret of this pool, the same from the start that found it empty to the one that finds it
  // empty again.
  [[nodiscard]] const std::array<std::byte, 16>& hash_seed() const noexcept;

  // The clean stop: makes the heap durable, then the tables that `write_tables` appends, then the
  // word that says CLEAN. Throws SetupError when a sync fails; then the pool stays DIRTY.
  // REQUIRES: nobody writes to the heap any more; not called before
  void keep(const std::function<void(PoolWriter&)>& write_tables);

 private:
  [[nodiscard]] PoolFinding examine_file(const PoolOptions& options, const PoolShape& shape) const;
  void format(const PoolShape& shape);
  void tell_origin() const;
  void use_kept(const PoolOptions& options);
  [[nodiscard]] std::string find_damage();
  void start_empty(const PoolOptions& options);
  void note_passed_time(std::string_view boot_id);
  void write_superblock(PoolState state);
  void put_superblock();
  [[nodiscard]] PoolExtent newest_page() const noexcept;
  void write_tables(const std::function<void(PoolWriter&)>& append);
  void persist(const PoolExtent& extent);
  [[nodiscard]] std::span<std::byte> part(const PoolExtent& extent) noexcept;

  const std::string path_;
  const Context context_;
  const bool verifies_all_;
  const PoolLayout layout_;
  const std::string boot_id_;
  PoolMetrics metrics_;
  PoolFile file_;
  PoolFinding found_;  // its superblock is the newest in the file
  std::unique_ptr<PoolMedium> medium_;
  std::optional<BusErrorWatch> watch_;
  std::span<const std::byte> kept_;
  int64_t stopped_ms_ = 0;
};

}  // namespace pelikan
