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

// Shows all that a collection has.
template <class Collection, class Visit>
void visit_members(const Collection& collection, Visit&& visit) {
  if constexpr (requires { collection.visit_all(visit); }) {
    collection.visit_all(visit);
  } else {
    collection.visit_range(0, collection.size(), structure::Direction::kForward, visit);
  }
}

}  // namespace pelikan
