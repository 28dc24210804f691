#include "core/version.h"

namespace pelikan {

std::string_view version() noexcept { return PELIKAN_VERSION; }

}  // namespace pelikan
