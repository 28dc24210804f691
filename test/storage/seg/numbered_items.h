// Items by number, for tests that look for each of them again: a value tells whose it is.
#pragma once

#include <cstddef>
#include <string>

namespace pelikan::test {

inline std::string key_of(int i) { return "key " + std::to_string(i); }

// Short ones, some without more than the number, and one in eleven that takes several segments.
inline std::string value_of(int i) {
  const size_t size = i % 11 == 3 ? 5000 : static_cast<size_t>(i % 4) * 90;
  std::string value = "=" + std::to_string(i);
  value.resize(value.size() + size, static_cast<char>('a' + i % 26));
  return value;
}

}  // namespace pelikan::test
