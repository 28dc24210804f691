// Scores of sorted sets in text.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pelikan::structure {

// What Redis takes for a score: decimal or hexadecimal, a sign, "inf" and "infinity" in any case,
// nothing around it. Empty: nothing of that, not a number, or out of range.
[[nodiscard]] std::optional<double> parse_score(std::string_view text) noexcept;

// As Redis 7.2 and later write a score: whole numbers up to 2^62 as such, everything else with the
// fewest digits that read back as the same number: "0.1", "1e+20", "1e-7", "-inf", "-0".
// Returns the end. REQUIRES: kMaxScore bytes at `to`; not NaN
inline constexpr size_t kMaxScore = 32;
char* write_score(char* to, double score) noexcept;

}  // namespace pelikan::structure
