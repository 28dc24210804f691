#include "datapool/pool_error.h"

#include "base/bytes.h"

namespace pelikan {

std::string bytes_text(uint64_t bytes) {
  constexpr struct {
    uint64_t bytes;
    std::string_view name;
  } kUnits[] = {{kTiB, "TiB"}, {kGiB, "GiB"}, {kMiB, "MiB"}, {kKiB, "KiB"}};
  for (const auto& unit : kUnits) {
    if (bytes < unit.bytes) continue;
    if (bytes % unit.bytes == 0) return fmt::format("{} {}", bytes / unit.bytes, unit.name);
    const double units = static_cast<double>(bytes) / static_cast<double>(unit.bytes);
    return fmt::format("{:.1f} {}", units, unit.name);
  }
  return fmt::format("{} bytes", bytes);
}

}  // namespace pelikan
