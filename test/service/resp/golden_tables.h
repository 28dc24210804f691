// The golden tables of RESP, golden_*.txt. Every case is played in both versions of the protocol,
// unless it says which.
#pragma once

#include <array>
#include <vector>

#include "service/golden.h"

namespace pelikan::test {

// clang-format off
inline constexpr std::array kRespGolden{
    GoldenTable{"strings", 88,
#include "golden_strings.txt"
    },
    GoldenTable{"expiry", 39,
#include "golden_expiry.txt"
    },
    GoldenTable{"keys", 38,
#include "golden_keys.txt"
    },
    GoldenTable{"types", 16,
#include "golden_types.txt"
    },
    GoldenTable{"bitmaps", 34,
#include "golden_bitmaps.txt"
    },
    GoldenTable{"hashes", 54,
#include "golden_hashes.txt"
    },
    GoldenTable{"hash expiry", 51,
#include "golden_hash_expiry.txt"
    },
    GoldenTable{"lists", 60,
#include "golden_lists.txt"
    },
    GoldenTable{"sets", 47,
#include "golden_sets.txt"
    },
    GoldenTable{"sorted sets", 42,
#include "golden_sorted_sets.txt"
    },
    GoldenTable{"ranges of sorted sets", 18,
#include "golden_sorted_set_ranges.txt"
    },
    GoldenTable{"unions of sorted sets", 11,
#include "golden_sorted_set_unions.txt"
    },
    GoldenTable{"keys of collections", 27,
#include "golden_collection_keys.txt"
    },
    GoldenTable{"connection", 55,
#include "golden_connection.txt"
    },
    GoldenTable{"server", 38,
#include "golden_server.txt"
    },
    GoldenTable{"protocol", 40,
#include "golden_protocol.txt"
    },
};
// clang-format on

inline std::vector<GoldenGroup> read_resp2_golden() {
  return GoldenReader::read(kRespGolden, GoldenVersion::kResp2);
}
inline std::vector<GoldenGroup> read_resp3_golden() {
  return GoldenReader::read(kRespGolden, GoldenVersion::kResp3);
}

}  // namespace pelikan::test
