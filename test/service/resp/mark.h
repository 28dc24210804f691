// Elements that describe themselves: a reader can tell one that is torn, or stands where it does
// not belong.
#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace pelikan::test {

struct Mark {
  char family = 0;  // what it may be found in
  uint64_t owner = 0;
  uint64_t number = 0;

  auto operator<=>(const Mark&) const = default;
};

// "family:owner:number:checksum"; some are longer than an element of a packed collection may be.
[[nodiscard]] inline std::string marked(const Mark& mark) {
  constexpr KeyedHash kHash(1);
  std::string text =
      mark.family + (":" + std::to_string(mark.owner)) + ":" + std::to_string(mark.number) + ":";
  const uint64_t checksum = kHash(text);
  text += std::to_string(checksum);
  if (mark.number % 64 == 7) text.append(30 + mark.number % 200, '=');
  return text;
}

// Empty: nobody wrote that.
[[nodiscard]] inline std::optional<Mark> read_mark(std::string_view text) {
  const char* const end = text.data() + text.size();
  Mark mark;
  if (text.size() < 2) return std::nullopt;
  mark.family = text[0];
  const char* at = std::from_chars(text.data() + 2, end, mark.owner).ptr;
  if (at == end) return std::nullopt;
  std::from_chars(at + 1, end, mark.number);
  if (marked(mark) != text) return std::nullopt;
  return mark;
}

}  // namespace pelikan::test
