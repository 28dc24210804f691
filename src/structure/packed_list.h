// Packed lists: a view, and the draft that changes one. BigList has the same methods.
#pragma once

#include <cstddef>
#include <string_view>

#include "structure/draft.h"
#include "structure/packed.h"

namespace pelikan::structure {

// REQUIRES: indexes below size()
class PackedList : public Packed {
 public:
  using Packed::Packed;

  [[nodiscard]] Cell at(size_t index) const noexcept { return Cell(row_at(index)); }
  // Calls visit(Cell) for so many elements from `first` on, back to front if asked.
  template <class Visit>
  void visit_range(size_t first, size_t count, Direction direction, Visit&& visit) const {
    visit_rows(first, count, direction, [&](const char* row) { visit(Cell(row)); });
  }

 private:
  friend class ListDraft;
};

// REQUIRES: begun as, or loaded from, a list; indexes below size(); no more than Packed::kMaxRows
class ListDraft : public Draft {
 public:
  void clear() { Draft::clear(PackedKind::kList); }
  [[nodiscard]] PackedList view() const noexcept { return PackedList(bytes_); }

  void push_front(const Element& element) { insert(0, element); }
  void push_back(const Element& element) { insert(size(), element); }
  // Before the element that is there now; index == size() appends.
  void insert(size_t index, const Element& element);
  void set(size_t index, const Element& element);
  void erase(size_t first, size_t count);
  // Removes the first `most` elements equal to this, from the end in that direction. Returns how
  // many there were.
  size_t remove(const Element& element, size_t most, Direction direction);
};

}  // namespace pelikan::structure
