#include "datapool/pool_examination.h"

#include <algorithm>

#include "datapool/pool_error.h"

namespace pelikan {
namespace {

struct Newest {
  const Superblock* superblock = nullptr;  // null: neither page has one
  size_t page = 0;
  bool has_signature = false;  // one of them may have been one
};

Newest find_newest(const SuperblockPages& pages, std::array<Superblock, 2>& superblocks) {
  Newest newest;
  for (size_t page = 0; page < pages.size(); ++page) {
    const PageStatus status = decode(pages[page], superblocks[page]);
    newest.has_signature |= status != PageStatus::kForeign;
    if (status != PageStatus::kValid) continue;
    if (newest.superblock != nullptr &&
        newest.superblock->generation > superblocks[page].generation) {
      continue;
    }
    newest.superblock = &superblocks[page];
    newest.page = page;
  }
  return newest;
}

std::string differing(std::string_view what, uint64_t has, uint64_t wants,
                      std::string_view option) {
  return fmt::format("{} {} in the pool, {} configured ({})", what, has, wants, option);
}

// What another program would have to read, or an empty string.
std::string version_mismatch(const Superblock& found) {
  if (found.major != Superblock::kMajor || found.header_bytes != sizeof(SuperblockPage) ||
      found.checksum_kind != Superblock::kCrc32c) {
    return fmt::format("format {}.{}, this build reads {}.x", found.major, found.minor,
                       Superblock::kMajor);
  }
  if (found.needed_features != 0) {
    return fmt::format("needs features {:#x}, which this build does not know",
                       found.needed_features);
  }
  if (found.endian_mark != Superblock::kEndianMark) {
    return "written by a machine of another byte order";
  }
  return {};
}

// What a store of another shape would read wrongly, or an empty string.
std::string shape_mismatch(const Superblock& found, const Superblock& wants,
                           const PoolShape& shape) {
  if (found.layout != wants.layout) {
    return fmt::format("holds items of a '{}' store, this is a '{}' store", text_in(found.layout),
                       shape.layout);
  }
  if (found.item_layout != wants.item_layout) {
    return fmt::format("item layout {} in the pool, this build's is {}", found.item_layout,
                       wants.item_layout);
  }
  if (found.segment_bytes != wants.segment_bytes) {
    return differing("segment size", found.segment_bytes, wants.segment_bytes,
                     shape.segment_option);
  }
  if (found.segments != wants.segments) {
    const bool is_less = wants.segments < found.segments;
    return fmt::format("pool holds {}, {} asks {}: {} is not supported",
                       bytes_text(found.segment_bytes * found.segments), shape.heap_option,
                       bytes_text(shape.heap_bytes()), is_less ? "shrinking" : "growing");
  }
  if (found.tables_bytes != wants.tables_bytes) {
    return differing("size of tables", found.tables_bytes, wants.tables_bytes, shape.tables_option);
  }
  return {};
}

// In the first ten thousand years of our count, which any calendar can show.
bool is_time(int64_t ms) {
  constexpr int64_t kEnd = 253'402'300'800'000;
  return ms >= 0 && ms < kEnd;
}

// A superblock of the right shape whose other words cannot be: nobody wrote that.
bool is_sound(const Superblock& found, const Superblock& wants) {
  const bool has_state = found.state == PoolState::kFormatting ||
                         found.state == PoolState::kClean || found.state == PoolState::kDirty;
  return has_state && found.file_bytes == wants.file_bytes &&
         found.tables_offset == wants.tables_offset && found.heap_offset == wants.heap_offset &&
         found.kept_bytes <= wants.tables_bytes && is_time(found.created_unix_ms) &&
         is_time(found.stopped_unix_ms) && is_time(found.stopped_boot_ms) &&
         found.heap_is_checked <= 1;
}

class Examination {
 public:
  Examination(const SuperblockPages& pages, uint64_t file_bytes, const PoolWanted& wanted)
      : newest_(find_newest(pages, superblocks_)), file_bytes_(file_bytes), wanted_(wanted) {}

  PoolFinding find() const {
    if (file_bytes_ == 0) return {.why_empty = "new"};
    if (wanted_.format) return {.why_empty = "formatted, as --format-pool asks", .is_loss = true};
    check_signature();
    const Superblock& found = *newest_.superblock;
    const std::string other_version = version_mismatch(found);
    if (!other_version.empty()) {
      return mismatch(other_version, "start the newer build or use --format-pool");
    }
    if (found.state == PoolState::kFormatting) {
      return {.why_empty = "its formatting was not finished"};
    }
    check_length(found);
    const Superblock wants = superblock_of(wanted_.shape);
    const std::string other_shape = shape_mismatch(found, wants, wanted_.shape);
    if (!other_shape.empty()) return mismatch(other_shape, "refuse");
    if (!is_sound(found, wants)) throw refusal("superblock with values that no pool has");
    if (found.state == PoolState::kDirty) return dirty();
    const bool is_kept = found.kept_bytes != 0;
    return {.content = is_kept ? PoolContent::kKept : PoolContent::kUnclean,
            .why_empty = is_kept ? "" : "its last stop kept no items",
            .superblock = found,
            .page = newest_.page};
  }

 private:
  template <class... Arguments>
  [[nodiscard]] SetupError refusal(fmt::format_string<Arguments...> format,
                                   Arguments&&... arguments) const {
    return pool_error(ExitCode::kBadData, wanted_.path, format,
                      std::forward<Arguments>(arguments)...);
  }

  [[nodiscard]] SetupError damaged() const {
    return refusal("both superblocks fail their checksum");
  }

  void check_signature() const {
    if (newest_.superblock != nullptr) return;
    if (newest_.has_signature) throw damaged();
    throw refusal(
        "not a pelikan pool (no signature); refusing to overwrite {}. Use --format-pool to "
        "destroy it",
        bytes_text(file_bytes_));
  }

  void check_length(const Superblock& found) const {
    if (found.file_bytes == file_bytes_) return;
    throw refusal("file has {} bytes, superblock says {}: {}", file_bytes_, found.file_bytes,
                  file_bytes_ < found.file_bytes ? "truncated" : "something was appended");
  }

  [[nodiscard]] PoolFinding mismatch(const std::string& what, std::string_view advice) const {
    if (!wanted_.discard_mismatch) throw refusal("{}; {}", what, advice);
    return {.why_empty = what + "; discarding", .is_loss = true};
  }

  [[nodiscard]] PoolFinding dirty() const {
    const std::string what =
        fmt::format("not closed cleanly (generation {})", newest_.superblock->generation);
    if (!wanted_.discard_dirty) {
      throw refusal("{}; pool_on_dirty=refuse", what);
    }
    return {.content = PoolContent::kUnclean,
            .why_empty = what + "; pool_on_dirty=discard: starting empty",
            .superblock = *newest_.superblock,
            .page = newest_.page,
            .is_loss = true};
  }

  std::array<Superblock, 2> superblocks_;
  const Newest newest_;
  const uint64_t file_bytes_;
  const PoolWanted& wanted_;
};

}  // namespace

PoolFinding examine(const SuperblockPages& pages, uint64_t file_bytes, const PoolWanted& wanted) {
  return Examination(pages, file_bytes, wanted).find();
}

}  // namespace pelikan
