// Sentences about a pool: "pool /cache/pool: not closed cleanly (generation 41)".
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/setup_error.h"

namespace pelikan {

template <class... Arguments>
[[nodiscard]] SetupError pool_error(ExitCode code, std::string_view path,
                                    fmt::format_string<Arguments...> format,
                                    Arguments&&... arguments) {
  return {code, fmt::format("pool {}: {}", path,
                            fmt::format(format, std::forward<Arguments>(arguments)...))};
}

// "64 MiB", "1.2 GiB".
[[nodiscard]] std::string bytes_text(uint64_t bytes);

}  // namespace pelikan
