#include "datapool/file_pool.h"

#include <fmt/chrono.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>

#include "base/assertion.h"
#include "base/hash.h"
#include "datapool/media.h"
#include "datapool/pool_error.h"
#include "datapool/pool_sums.h"
#include "log/log.h"

namespace pelikan {
namespace {

// Changes with every start of the kernel, and with it where the boot clock begins.
std::string read_boot_id() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return id;
}

mode_t parse_mode(const PoolOptions& options) {
  const std::string& text = options.mode.get();
  unsigned mode = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, mode, 8);
  constexpr unsigned kAll = S_IRWXU | S_IRWXG | S_IRWXO;
  constexpr unsigned kOwner = S_IRUSR | S_IWUSR;
  if (error != std::errc() || stop != end || mode > kAll || (mode & kOwner) != kOwner) {
    throw SetupError(ExitCode::kConfig,
                     fmt::format("pool_mode: '{}' is not octal permissions that let the owner read "
                                 "and write (like 0600)",
                                 text));
  }
  return mode;
}

// As much of a text as a field takes, ended by zeros.
template <size_t kSize>
void put_text(std::array<char, kSize>& field, std::string_view text) noexcept {
  field.fill('\0');
  std::ranges::copy(text.substr(0, kSize - 1), field.begin());
}

void put_random(std::array<std::byte, 16>& field) {
  const uint64_t words[] = {random_seed(), random_seed()};
  std::memcpy(field.data(), words, sizeof words);
}

// Maps the pages that are there without writing to them: what is written must go to a disk.
void map_pages(std::span<std::byte> bytes) noexcept {
#ifdef MADV_POPULATE_READ
  // Without it, pages are mapped as they are touched: slower at first, not wrong.
  ::madvise(bytes.data(), bytes.size(), MADV_POPULATE_READ);
#endif
}

}  // namespace

void PoolWriter::append(std::span<const std::byte> bytes) noexcept {
  CHECK(bytes.size() <= room_.size() - written_);
  std::ranges::copy(bytes, room_.begin() + static_cast<ptrdiff_t>(written_));
  written_ += bytes.size();
}

FilePool::FilePool(const PoolOptions& options, const PoolShape& shape, const Context& context)
    : FilePool(options, shape, context, choose_medium(options, context.log), read_boot_id()) {}

FilePool::FilePool(const PoolOptions& options, const PoolShape& shape, const Context& context,
                   const MapMedium& map, std::string_view boot_id)
    : path_(options.path.get()),
      context_(context),
      verifies_all_(options.verify.get() == "full"),
      layout_(shape),
      boot_id_(boot_id),
      metrics_(context.metrics),
      file_(path_, parse_mode(options)),
      found_(examine_file(options, shape)) {
  if (found_.content == PoolContent::kNone) {
    format(shape);
  } else {
    tell_origin();
  }
  medium_ = map(file_.get(), layout_.file_bytes);
  watch_.emplace(path_, medium_->bytes());
  if (found_.content == PoolContent::kKept) use_kept(options);
  if (found_.content != PoolContent::kKept) start_empty(options);
  note_passed_time(boot_id);
  write_superblock(PoolState::kDirty);
  write_superblock(PoolState::kDirty);
  file_.publish();
  metrics_.bytes.set(static_cast<int64_t>(layout_.file_bytes));
  metrics_.pmem.set(medium_->is_pmem() ? 1 : 0);
  metrics_.kept_bytes.set(static_cast<int64_t>(kept_.size()));
}

FilePool::~FilePool() = default;

PoolFinding FilePool::examine_file(const PoolOptions& options, const PoolShape& shape) const {
  SuperblockPages pages;
  file_.read_start(std::as_writable_bytes(std::span(pages)));
  return examine(pages, file_.bytes(),
                 {.path = path_,
                  .shape = shape,
                  .format = options.format.is_given(),
                  .discard_dirty = options.on_dirty.get() == "discard",
                  .discard_mismatch = options.on_mismatch.get() == "discard"});
}

// Two superblocks that say so, before the sizes change: whatever ends the process meanwhile, the
// next start formats again.
void FilePool::format(const PoolShape& shape) {
  found_.superblock = superblock_of(shape);
  found_.superblock.created_unix_ms = context_.time.unix_ms();
  put_random(found_.superblock.uuid);
  file_.reserve(layout_.file_bytes);
  const SuperblockPages pages{encode(found_.superblock), encode(found_.superblock)};
  file_.write_start(std::as_bytes(std::span(pages)));
  file_.resize(layout_.file_bytes);
}

void FilePool::tell_origin() const {
  const Superblock& found = found_.superblock;
  std::string id;
  for (const std::byte byte : found.uuid) id += fmt::format("{:02x}", byte);
  LOG_INFO(context_.log, "pool {}: id {}, made {:%FT%TZ}, generation {} by version {}", path_, id,
           fmt::gmtime(static_cast<time_t>(found.created_unix_ms / 1000)), found.generation,
           text_in(found.version));
}

// Tables that were damaged leave as little as no clean stop would: the same option decides.
void FilePool::use_kept(const PoolOptions& options) {
  const std::string damage = find_damage();
  if (damage.empty()) {
    kept_ = part({layout_.tables.offset, found_.superblock.kept_bytes});
    return;
  }
  if (options.on_dirty.get() == "refuse") {
    throw pool_error(ExitCode::kBadData, path_, "{}; pool_on_dirty=refuse", damage);
  }
  found_.content = PoolContent::kUnclean;
  found_.why_empty = damage + "; pool_on_dirty=discard: starting empty";
  found_.is_loss = true;
}

std::string FilePool::find_damage() {
  const Superblock& found = found_.superblock;
  const auto tables = part({layout_.tables.offset, found.kept_bytes});
  if (const auto wrong = find_wrong_sum(tables, part(layout_.table_sums), found.tables_checksum)) {
    return fmt::format("tables fail their checksum at offset {}", layout_.tables.offset + *wrong);
  }
  if (!verifies_all_ || found.heap_is_checked == 0) return {};
  if (const auto wrong = find_wrong_sum(bytes(), part(layout_.heap_sums), found.heap_checksum)) {
    return fmt::format("heap fails its checksum at offset {}", layout_.heap.offset + *wrong);
  }
  return {};
}

void FilePool::start_empty(const PoolOptions& options) {
  put_random(found_.superblock.hash_seed);
  if (found_.is_loss) {
    LOG_WARN(context_.log, "pool {}: {}", path_, found_.why_empty);
    metrics_.discard.add();
  }
  if (options.prefault.get()) map_pages(bytes());
}

void FilePool::note_passed_time(std::string_view boot_id) {
  if (kept_.empty()) return;
  const Superblock& stopped = found_.superblock;
  const int64_t now_ms = context_.time.boot_ms();
  if (text_in(stopped.boot_id) == boot_id && now_ms >= stopped.stopped_boot_ms) {
    stopped_ms_ = stopped.stopped_boot_ms;
    return;
  }
  const int64_t passed_ms = context_.time.unix_ms() - stopped.stopped_unix_ms;
  stopped_ms_ = now_ms - std::max<int64_t>(0, passed_ms);
  if (passed_ms >= 0) return;
  LOG_WARN(context_.log,
           "pool {}: the wall clock is {} ms behind the last stop; expiry times go on from there",
           path_, -passed_ms);
}

std::span<std::byte> FilePool::bytes() noexcept { return part(layout_.heap); }

// A hole in the file would have to be reserved again, and that may fail.
void FilePool::forget(size_t, size_t) noexcept {}

HeapCopy FilePool::heap_copy() const noexcept { return HeapCopy(medium_->is_pmem()); }

std::string_view FilePool::medium() const noexcept { return medium_->name(); }

std::span<const std::byte> FilePool::kept() const noexcept { return kept_; }

const std::string& FilePool::why_empty() const noexcept { return found_.why_empty; }

void FilePool::drop_kept() noexcept { kept_ = {}; }

int64_t FilePool::stopped_ms() const noexcept { return stopped_ms_; }

const std::array<std::byte, 16>& FilePool::hash_seed() const noexcept {
  return found_.superblock.hash_seed;
}

void FilePool::keep(const std::function<void(PoolWriter&)>& append_tables) {
  Superblock& next = found_.superblock;
  next.stopped_boot_ms = context_.time.boot_ms();
  next.stopped_unix_ms = context_.time.unix_ms();
  persist(layout_.heap);
  write_tables(append_tables);
  put_text(next.boot_id, boot_id_);
  try {
    write_superblock(PoolState::kClean);
  } catch (const SetupError&) {
    // It may reach the file for all that, now or later, unless the same page says DIRTY again.
    next.state = PoolState::kDirty;
    put_superblock();
    (void)medium_->persist(newest_page().offset, newest_page().bytes);
    throw;
  }
}

void FilePool::write_tables(const std::function<void(PoolWriter&)>& append_tables) {
  Superblock& next = found_.superblock;
  PoolWriter writer(part(layout_.tables), next.stopped_boot_ms);
  append_tables(writer);
  next.kept_bytes = writer.written();
  const PoolExtent kept{layout_.tables.offset, next.kept_bytes};
  next.tables_checksum = write_sums(part(kept), part(layout_.table_sums));
  next.heap_is_checked = verifies_all_ ? 1 : 0;
  if (verifies_all_) next.heap_checksum = write_sums(bytes(), part(layout_.heap_sums));
  const uint64_t begin = layout_.table_sums.offset;
  persist({begin, kept.offset + kept.bytes - begin});
}

// Over the older of the two, so that the newer one is whole if this one is torn.
void FilePool::write_superblock(PoolState state) {
  Superblock& next = found_.superblock;
  next.state = state;
  ++next.generation;
  next.minor = Superblock::kMinor;
  put_text(next.version, context_.version);
  found_.page = 1 - found_.page;
  put_superblock();
  metrics_.generation.set(static_cast<int64_t>(next.generation));
  persist(newest_page());
}

void FilePool::put_superblock() {
  std::ranges::copy(encode(found_.superblock), part(newest_page()).begin());
}

PoolExtent FilePool::newest_page() const noexcept {
  return {found_.page * sizeof(SuperblockPage), sizeof(SuperblockPage)};
}

void FilePool::persist(const PoolExtent& extent) {
  const int64_t start_ns = context_.time.precise_ns();
  const int error = medium_->persist(extent.offset, extent.bytes);
  metrics_.sync.add();
  metrics_.sync_ns.add(static_cast<uint64_t>(context_.time.precise_ns() - start_ns));
  if (error == 0) return;
  throw pool_error(ExitCode::kIo, path_, "sync failed at offset {}: {}; pool left dirty",
                   extent.offset, std::strerror(error));
}

std::span<std::byte> FilePool::part(const PoolExtent& extent) noexcept {
  return medium_->bytes().subspan(extent.offset, extent.bytes);
}

}  // namespace pelikan
