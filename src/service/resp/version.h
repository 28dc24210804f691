// What pelikan_rds says of its version: the Redis it does as, because clients ask for features by
// that.
#pragma once

#include <string_view>

namespace pelikan {

inline constexpr std::string_view kRedisVersion = "7.4.0";

}  // namespace pelikan
