// The project's version.
#pragma once

#include <string_view>

namespace pelikan {

[[nodiscard]] std::string_view version() noexcept;  // "0.1.0"

}  // namespace pelikan
