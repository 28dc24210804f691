#include "structure/packed_list.h"

#include "base/assertion.h"

namespace pelikan::structure {

void ListDraft::insert(size_t index, const Element& element) {
  put_row(view().row_at(index), 0, element);
  add_rows(1);
}

void ListDraft::set(size_t index, const Element& element) {
  const char* const row = view().row_at(index);
  put_row(row, static_cast<size_t>(list_row_after(row) - row), element);
}

void ListDraft::erase(size_t first, size_t count) {
  DCHECK(first + count <= size());
  const char* const begin = view().row_at(first);
  const char* const end = view().row_at(first + count);
  splice(begin, static_cast<size_t>(end - begin), 0);
  drop_rows(count);
}

size_t ListDraft::remove(const Element& element, size_t most, Direction direction) {
  const bool is_forward = direction == Direction::kForward;
  size_t removed = 0;
  const char* row = is_forward ? view().begin() : view().end();
  for (size_t left = size(); left > 0 && removed < most; --left) {
    if (!is_forward) row = row_before(row);
    const char* const after = list_row_after(row);
    if (!element.is_in(Cell(row))) {
      if (is_forward) row = after;
      continue;
    }
    row = splice(row, static_cast<size_t>(after - row), 0);
    ++removed;
  }
  drop_rows(removed);
  return removed;
}

}  // namespace pelikan::structure
