#include "structure/big_sorted_set.h"

#include <cmath>

#include "base/assertion.h"

namespace pelikan::structure {

BigSortedSet::BigSortedSet(KeyedHash hash, const PackedSortedSet& packed) : BigSortedSet(hash) {
  packed.visit_range(0, packed.size(), Direction::kForward,
                     [&](const Scored& each) { put(Element(each.member), each.score); });
}

std::optional<double> BigSortedSet::score(const Element& member) const noexcept {
  const Row* const slot = table_.find(member, table_.hash(member));
  return slot == nullptr ? std::nullopt : std::optional<double>(slot->score());
}

std::optional<size_t> BigSortedSet::rank(const Element& member) const noexcept {
  const Row* const slot = table_.find(member, table_.hash(member));
  return slot == nullptr ? std::nullopt : std::optional<size_t>(tree_.rank(*slot));
}

Added BigSortedSet::put(const Element& member, double score) {
  DCHECK(!std::isnan(score));
  const uint64_t hash = table_.hash(member);
  if (const Row* const slot = table_.find(member, hash)) {
    Row row = *slot;
    if (row.score() == score) return Added::kSame;
    tree_.erase(row);
    row.set_score(score);
    tree_.insert(row);
    return Added::kMoved;
  }
  const Row row = Row::make(account_, member, nullptr, score);
  table_.insert(row, hash);
  tree_.insert(row);
  return Added::kNew;
}

bool BigSortedSet::erase(const Element& member) {
  const uint64_t hash = table_.hash(member);
  Row* const slot = table_.find(member, hash);
  if (slot == nullptr) return false;
  Row row = *slot;
  tree_.erase(row);
  table_.erase(slot, hash);
  row.free(account_);
  return true;
}

void BigSortedSet::erase_range(size_t first, size_t count) {
  DCHECK(first + count <= size());
  for (; count > 0; --count) erase(Element(tree_.at(first).name()));
}

void BigSortedSet::check_invariants() const {
  table_.check_invariants();
  tree_.check_invariants();
  CHECK(table_.size() == tree_.size());
}

}  // namespace pelikan::structure
