// The golden tables of memcached's protocols, memcache_golden*.txt.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "golden.h"

namespace pelikan::test {

// clang-format off
inline constexpr std::array kMemcacheGolden{
    GoldenTable{"classic", 220,
#include "memcache_golden.txt"
    },
    GoldenTable{"dump", 30,
#include "memcache_golden_dump.txt"
    },
    GoldenTable{"stats", 58,
#include "memcache_golden_stats.txt"
    },
    GoldenTable{"binary", 70,
#include "memcache_golden_binary.txt"
    },
    GoldenTable{"auth", 35,
#include "memcache_golden_auth.txt"
    },
    GoldenTable{"meta", 220,
#include "memcache_golden_meta.txt"
    },
};
// clang-format on

// The groups of all tables.
inline std::vector<GoldenGroup> read_memcache_golden() {
  std::vector<GoldenGroup> all;
  for (const GoldenTable& table : kMemcacheGolden) {
    for (GoldenGroup& group : GoldenReader::read(table)) all.push_back(std::move(group));
  }
  return all;
}

}  // namespace pelikan::test
