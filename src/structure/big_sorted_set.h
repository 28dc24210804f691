// Large sorted sets: rows by their names and by their scores. The methods of SortedSetDraft and
// PackedSortedSet, and what only a large one needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/hash.h"
#include "structure/memory.h"
#include "structure/packed_sorted_set.h"
#include "structure/row_table.h"
#include "structure/score_tree.h"

namespace pelikan::structure {

// Thread safety: none. `hash` has the seed of the process.
class BigSortedSet {
 public:
  explicit BigSortedSet(KeyedHash hash) : table_(account_, hash), tree_(account_) {}
  BigSortedSet(KeyedHash hash, const PackedSortedSet& packed);

  [[nodiscard]] size_t size() const noexcept { return table_.size(); }
  [[nodiscard]] std::optional<double> score(const Element& member) const noexcept;
  [[nodiscard]] std::optional<size_t> rank(const Element& member) const noexcept;
  [[nodiscard]] Scored at(size_t index) const noexcept { return scored(tree_.at(index)); }
  template <class IsBefore>
  [[nodiscard]] size_t count_before(const IsBefore& is_before) const {
    return tree_.count_before([&](double score, Row row) {
      return is_before(Scored{.member = row.name(), .score = score});
    });
  }
  template <class Visit>
  void visit_range(size_t first, size_t count, Direction direction, Visit&& visit) const {
    tree_.visit_range(first, count, direction, [&](Row row) { visit(scored(row)); });
  }

  Added put(const Element& member, double score);
  bool erase(const Element& member);
  void erase_range(size_t first, size_t count);

  // As RowTable's. Calls visit(const Scored&).
  template <class Visit>
  uint64_t scan(uint64_t cursor, size_t count, Visit&& visit) const {
    return table_.scan(cursor, count, [&](Row row) { visit(scored(row)); });
  }
  [[nodiscard]] Scored random_member(uint64_t& random) const noexcept {
    return scored(table_.random_row(random));
  }
  [[nodiscard]] size_t memory() const noexcept {
    return size_class(sizeof(BigSortedSet)) + account_.bytes();
  }
  bool destroy_some(size_t count) noexcept {
    return tree_.destroy_some(count) && table_.destroy_some(count);
  }
  void check_invariants() const;

 private:
  [[nodiscard]] static Scored scored(Row row) noexcept {
    return {.member = row.name(), .score = row.score()};
  }

  Account account_;
  RowTable table_;
  ScoreTree tree_;
};

}  // namespace pelikan::structure
