#include "load/engine/prefill.h"

#include <algorithm>

namespace pelikan::load {

std::optional<PrefillAmount> parse_prefill(const Setting& setting, const Workload& workload) {
  constexpr std::string_view kAllowed = "none, all, N%, N keys, or bytes like 4GiB";
  const std::string_view text = trimmed(setting.text);
  if (text == "none") return std::nullopt;
  if (text == "all") return PrefillAmount{};
  constexpr std::string_view kKeys = "keys";
  if (text.ends_with('%')) {
    const auto percent = parse_decimal(text.substr(0, text.size() - 1));
    if (!percent || *percent < 0 || *percent > 100) setting.refuse("no share", kAllowed);
    return PrefillAmount{.share = *percent / 100};
  }
  if (text.ends_with(kKeys)) {
    const auto keys = parse_count(trimmed(text.substr(0, text.size() - kKeys.size())));
    if (!keys || *keys < 0) setting.refuse("no number of keys", kAllowed);
    double all = 0;
    for (const auto& keyspace : workload.keyspaces()) all += static_cast<double>(keyspace->keys());
    return PrefillAmount{.share = std::min(1.0, *keys / all)};
  }
  std::string_view size = text;
  if (size.ends_with('B')) size.remove_suffix(1);
  if (size.ends_with('i')) size.remove_suffix(1);
  const auto bytes = parse_size(size);
  if (!bytes || *bytes < 1) setting.refuse("no amount", kAllowed);
  return PrefillAmount{.bytes = static_cast<uint64_t>(*bytes)};
}

}  // namespace pelikan::load
