// The page of charts without its data, as built from src/load/report/page/.
#pragma once

#include <string_view>

namespace pelikan::load {

// Where the page wants the runs, as a JSON array.
inline constexpr std::string_view kRunsMark = "{{runs}}";

[[nodiscard]] std::string_view page_template() noexcept;

}  // namespace pelikan::load
