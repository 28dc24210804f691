#include "structure/packed_sorted_set.h"

#include <cmath>

#include "base/assertion.h"

namespace pelikan::structure {

std::optional<double> PackedSortedSet::score(const Element& member) const noexcept {
  const char* const row = find_row(member);
  return row == nullptr ? std::nullopt : std::optional<double>(scored(row).score);
}

std::optional<size_t> PackedSortedSet::rank(const Element& member) const noexcept {
  const size_t rank =
      count_before([&](const Scored& other) { return !member.is_in(other.member); });
  return rank == size() ? std::nullopt : std::optional<size_t>(rank);
}

Added SortedSetDraft::put(const Element& member, double score) {
  DCHECK(!std::isnan(score));
  const char* const row = view().find_row(member);
  if (row != nullptr) {
    if (PackedSortedSet::scored(row).score == score) return Added::kSame;
    erase_row(row);
  }
  insert(member, score);
  return row != nullptr ? Added::kMoved : Added::kNew;
}

void SortedSetDraft::insert(const Element& member, double score) {
  const Text text = member.text();
  const auto passed = view().pass([&](const Scored& other) {
    if (other.score != score) return other.score < score;
    return other.member.text().view() < text.view();
  });
  put_row(passed.row, 0, member, Element::of_score(score));
  add_rows(1);
}

bool SortedSetDraft::erase(const Element& member) {
  const char* const row = view().find_row(member);
  if (row != nullptr) erase_row(row);
  return row != nullptr;
}

void SortedSetDraft::erase_row(const char* row) {
  splice(row, static_cast<size_t>(view().row_after(row) - row), 0);
  drop_rows(1);
}

void SortedSetDraft::erase_range(size_t first, size_t count) {
  DCHECK(first + count <= size());
  const char* const begin = view().row_at(first);
  const char* const end = view().row_at(first + count);
  splice(begin, static_cast<size_t>(end - begin), 0);
  drop_rows(count);
}

}  // namespace pelikan::structure
