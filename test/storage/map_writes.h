// What MapStore's writes make of the item that is there (null: none), and whether they may.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "storage/map_item.h"
#include "storage/store.h"

namespace pelikan::test {

// kStored: a write on these terms may take the place of what is there.
[[nodiscard]] inline PutStatus map_admits(const MapItem* item, const WriteTerms& terms) {
  if (terms.cas && terms.mode != PutMode::kAdd) {
    if (item == nullptr) return PutStatus::kNotFound;
    const bool fits = item->cas == *terms.cas || (terms.or_newer && item->cas > *terms.cas);
    return fits ? PutStatus::kStored : PutStatus::kExists;
  }
  const bool is_allowed =
      terms.mode == PutMode::kSet || (terms.mode == PutMode::kReplace) == (item != nullptr);
  return is_allowed ? PutStatus::kStored : PutStatus::kNotStored;
}

[[nodiscard]] inline MapItem map_put(std::string_view key, const MapItem* old, const Value& value,
                                     const WriteTerms& terms) {
  MapItem item{.key = std::string(key),
               .bytes = std::string(value.bytes),
               .flags = value.flags,
               .expiry = value.expiry,
               .binary_key = value.binary_key,
               .stale = terms.stale,
               .has_winner = terms.has_winner};
  if (terms.keep_expiry) item.expiry = old == nullptr ? Expiry{} : old->expiry;
  if (terms.cas && old != nullptr && old->cas > *terms.cas && terms.mode != PutMode::kAdd) {
    item.stale = true;
    item.expiry = old->expiry;
    item.has_winner = old->has_winner;
  }
  return item;
}

// The item with another value.
[[nodiscard]] inline MapItem map_change(std::string_view key, const MapItem* old, std::string bytes,
                                        const WriteTerms& terms) {
  MapItem item{.key = std::string(key), .bytes = std::move(bytes), .stale = terms.stale};
  if (old == nullptr) return item;
  item.flags = old->flags;
  item.expiry = old->expiry;
  item.binary_key = old->binary_key;
  item.found = terms.stale && old->found;
  return item;
}

[[nodiscard]] inline std::string map_overlay(const MapItem* old, size_t offset,
                                             std::string_view bytes) {
  std::string value = old == nullptr ? std::string() : old->bytes;
  value.resize(std::max(value.size(), offset + bytes.size()));
  return value.replace(offset, bytes.size(), bytes);
}

// Empty: the value is no number.
[[nodiscard]] inline std::optional<uint64_t> map_count(const MapItem& old, uint64_t n,
                                                       ArithmeticMode mode) {
  std::string_view digits = old.bytes;
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  const auto former = parse_u64(digits);
  if (!former || digits.size() > kMaxDecimal) return std::nullopt;
  return mode == ArithmeticMode::kIncrement ? *former + n : *former - std::min(*former, n);
}

[[nodiscard]] inline bool map_expires(const MapItem& item, Expiry expiry,
                                      const ExpireTerms& terms) {
  const int64_t present = item.expiry.at_ms;
  return (!terms.need_none || present == Expiry::kNever) &&
         (!terms.need_some || present != Expiry::kNever) &&
         (!terms.only_later || expiry.at_ms > present) &&
         (!terms.only_sooner || expiry.at_ms < present);
}

}  // namespace pelikan::test
