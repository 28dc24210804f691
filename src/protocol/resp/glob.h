// Patterns of KEYS, SCAN and CONFIG GET: * any bytes, ? one, [a-z] [^a] one of a class, \x the byte
// x itself.
#pragma once

#include <string_view>

namespace pelikan::resp {

// The whole text matches. Iterative: at most pattern.size() * text.size() steps, whatever they are,
// because only the last '*' is ever tried again.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view text,
                                bool ignores_case = false) noexcept;

}  // namespace pelikan::resp
