// Packed sets: a view, and the draft that changes one. BigSet has the same methods. A set of whole
// numbers alone is kept in order, all in as many bytes as the longest needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "structure/draft.h"
#include "structure/packed.h"

namespace pelikan::structure {

class PackedSet : public Packed {
 public:
  using Packed::Packed;

  [[nodiscard]] bool has_numbers_only() const noexcept { return integer_width(kind()) != 0; }
  [[nodiscard]] bool contains(const Element& member) const noexcept;
  // REQUIRES: index < size()
  [[nodiscard]] Text at(size_t index) const noexcept {
    return has_numbers_only() ? Text(number_at(index)) : Cell(row_at(index)).text();
  }
  // Calls visit(const Text&) for all.
  template <class Visit>
  void visit_all(Visit&& visit) const {
    if (!has_numbers_only()) {
      visit_rows(0, size(), Direction::kForward, [&](const char* row) { visit(Cell(row).text()); });
      return;
    }
    for (size_t i = 0; i < size(); ++i) visit(Text(number_at(i)));
  }

 private:
  friend class SetDraft;
  // REQUIRES: has_numbers_only()
  [[nodiscard]] int64_t number_at(size_t index) const noexcept;
  // How many are smaller.
  [[nodiscard]] size_t rank(int64_t number) const noexcept;
  [[nodiscard]] bool has_at(size_t index, int64_t number) const noexcept {
    return index < size() && number_at(index) == number;
  }
};

// REQUIRES: begun as, or loaded from, a set; no more than Packed::kMaxRows
class SetDraft : public Draft {
 public:
  void clear() { Draft::clear(PackedKind::kIntegers2); }
  [[nodiscard]] PackedSet view() const noexcept { return PackedSet(bytes_); }
  [[nodiscard]] bool contains(const Element& member) const noexcept {
    return view().contains(member);
  }

  // True: it was not in.
  bool add(const Element& member);
  // True: it was in.
  bool erase(const Element& member);
  void erase_at(size_t index);

 private:
  bool add_number(int64_t number);
  void widen(PackedKind kind);
  void take_texts();
};

}  // namespace pelikan::structure
