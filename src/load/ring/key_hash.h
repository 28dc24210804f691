// The hashes of keys that nutcracker offers for its rings, by its names. Where one differs from the
// algorithm it is named after, it is nutcracker's that is computed, as both have to agree.
//
// Thread safety: free functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pelikan::load {

using KeyHash = uint32_t (*)(std::string_view key);

// Null when nothing has this name.
[[nodiscard]] KeyHash find_key_hash(std::string_view name) noexcept;
// "fnv1a_64|fnv1_64|...".
[[nodiscard]] std::string key_hash_names();

}  // namespace pelikan::load
