// Where a pipeline's first key seems to be, for who fetches its memory before the request is
// parsed.
#pragma once

#include <cstddef>
#include <string_view>

namespace pelikan::resp {

// The second of the bulk strings that `in` begins with; empty when it does not look like that, or
// is not whole.
[[nodiscard]] inline std::string_view likely_key(std::string_view in) noexcept {
  // "*3\r\n$3\r\nSET\r\n$4\r\nuser\r\n": one digit for the counts before the key, two at most for
  // it.
  constexpr size_t kNameSize = 5;
  constexpr size_t kName = 8;
  if (in.size() < kName || in[0] != '*' || in[4] != '$') return {};
  const size_t key_head = kName + static_cast<size_t>(in[kNameSize] - '0') + 2;
  if (in.size() < key_head + 5 || in[key_head] != '$') return {};
  size_t size = static_cast<size_t>(in[key_head + 1] - '0');
  size_t at = key_head + 2;
  if (in[at] != '\r') size = size * 10 + static_cast<size_t>(in[at++] - '0');
  at += 2;
  return size <= 99 && at + size <= in.size() ? in.substr(at, size) : std::string_view();
}

}  // namespace pelikan::resp
