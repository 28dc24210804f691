// Packed sorted sets: a view, and the draft that changes one. BigSortedSet has the same methods.
// Members stand in the order of their scores, those of one score in the order of their bytes; a
// member's rank is its index in that order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "structure/draft.h"
#include "structure/packed.h"

namespace pelikan::structure {

struct Scored {
  Cell member;
  double score;
};

enum class Added : uint8_t { kNew, kMoved, kSame };

class PackedSortedSet : public Packed {
 public:
  using Packed::Packed;

  [[nodiscard]] std::optional<double> score(const Element& member) const noexcept;
  [[nodiscard]] std::optional<size_t> rank(const Element& member) const noexcept;
  // REQUIRES: index < size()
  [[nodiscard]] Scored at(size_t index) const noexcept { return scored(row_at(index)); }
  // How many members `is_before(const Scored&)` is true of. REQUIRES: true of a first part only
  template <class IsBefore>
  [[nodiscard]] size_t count_before(const IsBefore& is_before) const {
    return pass(is_before).count;
  }
  // Calls visit(const Scored&) for so many members from rank `first` on, downwards if asked.
  template <class Visit>
  void visit_range(size_t first, size_t count, Direction direction, Visit&& visit) const {
    visit_rows(first, count, direction, [&](const char* row) { visit(scored(row)); });
  }

 private:
  friend class SortedSetDraft;
  struct Passed {
    const char* row;  // the one behind
    size_t count;
  };
  template <class IsBefore>
  [[nodiscard]] Passed pass(const IsBefore& is_before) const {
    const char* row = begin();
    size_t count = 0;
    for (const size_t rows = size(); count < rows; ++count) {
      const Cell member(row);
      const Cell score(member.end());
      if (!is_before(Scored{.member = member, .score = score.score()})) break;
      const char* const end = score.end();
      row = end + length_size(static_cast<size_t>(end - row));
    }
    return {.row = row, .count = count};
  }
  [[nodiscard]] static Scored scored(const char* row) noexcept {
    const Cell member(row);
    return {.member = member, .score = Cell(member.end()).score()};
  }
};

// REQUIRES: begun as, or loaded from, a sorted set; no more than Packed::kMaxRows
class SortedSetDraft : public Draft {
 public:
  void clear() { Draft::clear(PackedKind::kSortedSet); }
  [[nodiscard]] PackedSortedSet view() const noexcept { return PackedSortedSet(bytes_); }
  [[nodiscard]] std::optional<double> score(const Element& member) const noexcept {
    return view().score(member);
  }

  // REQUIRES: a number
  Added put(const Element& member, double score);
  bool erase(const Element& member);
  // From rank `first` on.
  void erase_range(size_t first, size_t count);

 private:
  void insert(const Element& member, double score);
  void erase_row(const char* row);
};

}  // namespace pelikan::structure
