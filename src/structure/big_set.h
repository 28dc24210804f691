// Large sets. The methods of SetDraft and PackedSet, and what only a large one needs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/hash.h"
#include "structure/memory.h"
#include "structure/packed_set.h"
#include "structure/row_table.h"

namespace pelikan::structure {

// Thread safety: none. `hash` has the seed of the process.
class BigSet {
 public:
  explicit BigSet(KeyedHash hash) : table_(account_, hash) {}
  BigSet(KeyedHash hash, const PackedSet& packed);

  [[nodiscard]] size_t size() const noexcept { return table_.size(); }
  [[nodiscard]] bool contains(const Element& member) const noexcept {
    return table_.find(member, table_.hash(member)) != nullptr;
  }
  bool add(const Element& member);
  bool erase(const Element& member);
  template <class Visit>
  void visit_all(Visit&& visit) const {
    table_.visit_all([&](Row row) { visit(row.name().text()); });
  }

  // As RowTable's. Calls visit(const Text&).
  template <class Visit>
  uint64_t scan(uint64_t cursor, size_t count, Visit&& visit) const {
    return table_.scan(cursor, count, [&](Row row) { visit(row.name().text()); });
  }
  [[nodiscard]] Text random_member(uint64_t& random) const noexcept {
    return table_.random_row(random).name().text();
  }
  [[nodiscard]] size_t memory() const noexcept {
    return size_class(sizeof(BigSet)) + account_.bytes();
  }
  bool destroy_some(size_t count) noexcept { return table_.destroy_some(count); }
  void check_invariants() const { table_.check_invariants(); }

 private:
  Account account_;
  RowTable table_;
};

}  // namespace pelikan::structure
