// What is read of collections alike, whatever they are.
#pragma once

#include "structure/packed.h"

namespace pelikan {

// What is read of a collection while it is changed: a draft shows itself as a view. Ends with the
// next change.
template <class Collection>
[[nodiscard]] decltype(auto) readable(const Collection& collection) noexcept {
  if constexpr (requires { collection.view(); }) {
    return collection.view();
  } else {
    return (collection);
  }
}

// Shows all members of a set or a sorted set.
template <class Set, class Visit>
void visit_members(const Set& set, Visit&& visit) {
  if constexpr (requires { set.visit_all(visit); }) {
    set.visit_all(visit);
  } else {
    set.visit_range(0, set.size(), structure::Direction::kForward, visit);
  }
}

}  // namespace pelikan
