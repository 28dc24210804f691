// Elements at the ends of lists, and walks over lists that may end early. List is a packed draft or
// view, or a large list.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "service/resp/collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/list_words.h"
#include "service/resp/readable.h"

namespace pelikan {

template <class List>
void push_element(List& list, RespListEnd end, const structure::Element& element) {
  if (end == RespListEnd::kLeft) {
    list.push_front(element);
  } else {
    list.push_back(element);
  }
}

// REQUIRES: size() >= count
template <class List>
void drop_elements(List& list, RespListEnd end, size_t count) {
  list.erase(end == RespListEnd::kLeft ? 0 : list.size() - count, count);
}

// Replies what is dropped, from the end on. REQUIRES: size() >= count
template <class List>
void pop_elements(List& list, RespListEnd end, size_t count, RespElementReply& reply) {
  const auto show = [&](structure::Cell cell) { reply.element(cell); };
  if (end == RespListEnd::kLeft) {
    readable(list).visit_range(0, count, structure::Direction::kForward, show);
  } else {
    readable(list).visit_range(list.size() - 1, count, structure::Direction::kBackward, show);
  }
  drop_elements(list, end, count);
}

// Calls show(index, cell) for `most` elements from an end of the list on, until it says no. A walk
// of the list's own cannot be left, so this takes several, each twice as long as the one before.
template <class List, class Show>
void walk_list(const List& list, structure::Direction direction, size_t most, Show&& show) {
  const bool is_forward = direction == structure::Direction::kForward;
  const size_t end = std::min(most, list.size());
  bool goes_on = true;
  size_t done = 0;
  for (size_t step = 64; done < end && goes_on; step *= 2) {
    const size_t count = std::min(step, end - done);
    const size_t first = is_forward ? done : list.size() - 1 - done;
    list.visit_range(first, count, direction, [&](structure::Cell cell) {
      if (goes_on) goes_on = show(is_forward ? done : list.size() - 1 - done, cell);
      ++done;
    });
  }
}

// Calls show(index) for what LPOS finds, until it says no.
template <class List, class Show>
void find_places(const List& list, const structure::Element& element,
                 const RespPositionOptions& options, Show&& show) {
  const auto direction =
      options.is_backward ? structure::Direction::kBackward : structure::Direction::kForward;
  size_t skipped = options.skipped;
  walk_list(list, direction, options.most, [&](size_t index, structure::Cell cell) {
    if (!element.is_in(cell)) return true;
    if (skipped == 0) return show(index);
    --skipped;
    return true;
  });
}

// Where the first such element is.
template <class List>
[[nodiscard]] std::optional<size_t> find_element(const List& list,
                                                 const structure::Element& element) {
  std::optional<size_t> found;
  walk_list(list, structure::Direction::kForward, list.size(),
            [&](size_t index, structure::Cell cell) {
              if (element.is_in(cell)) found = index;
              return !found;
            });
  return found;
}

}  // namespace pelikan
