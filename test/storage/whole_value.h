// Values as a whole: compared, and received into reservations.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "storage/store.h"

namespace pelikan::test {

template <ItemLike A, ItemLike B>
[[nodiscard]] bool are_equal(const A& actual, const B& expected) {
  if (actual.value_size() != expected.value_size()) return false;
  for (size_t done = 0, n = 0; done < expected.value_size(); done += n) {
    const std::string_view a = actual.value_part(done);
    const std::string_view b = expected.value_part(done);
    n = std::min(a.size(), b.size());
    if (n == 0 || a.substr(0, n) != b.substr(0, n)) return false;
  }
  return true;
}

// A large value as it comes from a socket: in pieces. Empty: no memory.
template <LargeValueStore Store>
[[nodiscard]] std::optional<typename Store::Reservation> receive(Store& store, std::string_view key,
                                                                 std::string_view bytes) {
  auto room = store.reserve(key, bytes.size());
  while (room && !bytes.empty()) {
    const std::span<char> into = room->next();
    const size_t n = std::min({into.size(), bytes.size(), size_t{10'000}});
    bytes.copy(into.data(), n);
    bytes.remove_prefix(n);
    room->advance(n);
  }
  return room;
}

}  // namespace pelikan::test
