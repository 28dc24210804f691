// What is read of a collection while it is changed: a draft shows itself as a view.
#pragma once

namespace pelikan {

// Ends with the next change.
template <class Collection>
[[nodiscard]] decltype(auto) readable(const Collection& collection) noexcept {
  if constexpr (requires { collection.view(); }) {
    return collection.view();
  } else {
    return (collection);
  }
}

}  // namespace pelikan
