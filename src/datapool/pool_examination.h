// What the first two pages of a file say about it, before anything is written: whether it is a
// pool, this store's, and whether its content is to be used.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "datapool/superblock.h"

namespace pelikan {

using SuperblockPages = std::array<SuperblockPage, 2>;

enum class PoolContent : uint8_t {
  kNone,     // to be formatted: an empty file, or one whose content may go
  kUnclean,  // a pool of the right shape that starts empty
  kKept,     // heap and tables as a clean stop left them
};

struct PoolFinding {
  PoolContent content = PoolContent::kNone;
  std::string why_empty;    // unless kKept
  Superblock superblock{};  // the newest, unless kNone
  size_t page = 0;          // where that is
  bool is_loss = false;     // content of somebody's goes, which is worth a warning
};

struct PoolWanted {
  std::string path;
  PoolShape shape;
  bool format = false;            // --format-pool
  bool discard_dirty = true;      // pool_on_dirty
  bool discard_mismatch = false;  // pool_on_mismatch
};

// Throws SetupError when the file is not to be used.
[[nodiscard]] PoolFinding examine(const SuperblockPages& pages, uint64_t file_bytes,
                                  const PoolWanted& wanted);

}  // namespace pelikan
