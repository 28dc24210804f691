// ScoreTree: rows in the order of their scores, those of one score by the bytes of their names,
// with the rank of each. A B+-tree (Bayer and McCreight, 1972) whose inner nodes know how many rows
// are below each child and which is the first of them, so that ranks, and places by any bound, take
// one way from the root.
//
// Rows are added and erased by their present score: erase, set_score, insert. The tree does not own
// them. Thread safety: none.
#pragma once

#include <cstddef>
#include <cstdint>

#include "structure/memory.h"
#include "structure/packed.h"
#include "structure/row.h"

namespace pelikan::structure {

class ScoreTree {
 public:
  explicit ScoreTree(Account& account) noexcept : account_(account) {}
  ~ScoreTree() { destroy_some(SIZE_MAX); }
  ScoreTree(const ScoreTree&) = delete;
  ScoreTree& operator=(const ScoreTree&) = delete;

  [[nodiscard]] size_t size() const noexcept { return size_; }
  // REQUIRES, as all of these: rows with scores
  void insert(Row row);
  // REQUIRES: it is in
  void erase(Row row);
  // Of a row that is in.
  [[nodiscard]] size_t rank(Row row) const noexcept;
  // REQUIRES: rank < size()
  [[nodiscard]] Row at(size_t rank) const noexcept { return place_at(rank).row(); }
  // How many rows is_before(score, row) is true of. REQUIRES: true of a first part only
  template <class IsBefore>
  [[nodiscard]] size_t count_before(const IsBefore& is_before) const;
  // Calls visit(Row) for so many rows from rank `first` on, downwards if asked. REQUIRES: they are
  // there
  template <class Visit>
  void visit_range(size_t first, size_t count, Direction direction, Visit&& visit) const;

  // As RowTable's, of nodes: the rows remain.
  bool destroy_some(size_t count) noexcept;

  void check_invariants() const;

 private:
  struct Entry {
    double score;
    Row row;
  };
  struct Node {
    uint32_t size = 0;
  };
  struct Leaf : Node {
    static constexpr size_t kMax = 62;     // with them a leaf has 1016 bytes
    static constexpr size_t kFull = kMax;  // what a split leaves when rows come in order

    Leaf* previous = nullptr;
    Leaf* next = nullptr;
    Entry items[kMax];
  };
  struct Child {
    Entry first;  // of the rows below it
    Node* node;
    size_t rows;
  };
  struct Inner : Node {
    static constexpr size_t kMax = 31;         // with them an inner node has 1000 bytes
    static constexpr size_t kFull = kMax - 1;  // so that no node has but one child

    Child items[kMax];
  };
  struct Place {
    const Leaf* leaf;
    size_t index;
    [[nodiscard]] Row row() const noexcept { return leaf->items[index].row; }
  };
  class Edit;
  class Check;

  [[nodiscard]] Place place_at(size_t rank) const noexcept;
  // The child where the last such row is; 0: there is none.
  template <class IsBefore>
  [[nodiscard]] static size_t last_before(const Inner& inner, const IsBefore& is_before);
  template <class N, class IsBefore>
  [[nodiscard]] static size_t items_before(const N& node, const IsBefore& is_before);
  [[nodiscard]] static const Entry& entry_of(const Entry& entry) noexcept { return entry; }
  [[nodiscard]] static const Entry& entry_of(const Child& child) noexcept { return child.first; }

  Account& account_;
  Node* root_ = nullptr;
  unsigned height_ = 0;  // 0: the root is a leaf
  size_t size_ = 0;
};

template <class N, class IsBefore>
size_t ScoreTree::items_before(const N& node, const IsBefore& is_before) {
  size_t first = 0;
  for (size_t last = node.size; first < last;) {
    const size_t middle = (first + last) / 2;
    const Entry& entry = entry_of(node.items[middle]);
    if (is_before(entry.score, entry.row)) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

template <class IsBefore>
size_t ScoreTree::last_before(const Inner& inner, const IsBefore& is_before) {
  const size_t before = items_before(inner, is_before);
  return before == 0 ? 0 : before - 1;
}

template <class IsBefore>
size_t ScoreTree::count_before(const IsBefore& is_before) const {
  if (root_ == nullptr) return 0;
  const Node* node = root_;
  size_t count = 0;
  for (unsigned height = height_; height > 0; --height) {
    const auto& inner = static_cast<const Inner&>(*node);
    const size_t child = last_before(inner, is_before);
    for (size_t i = 0; i < child; ++i) count += inner.items[i].rows;
    node = inner.items[child].node;
  }
  return count + items_before(static_cast<const Leaf&>(*node), is_before);
}

template <class Visit>
void ScoreTree::visit_range(size_t first, size_t count, Direction direction, Visit&& visit) const {
  if (count == 0) return;
  Place place = place_at(first);
  for (;;) {
    visit(place.row());
    if (--count == 0) return;
    if (direction == Direction::kForward) {
      if (++place.index == place.leaf->size) place = {.leaf = place.leaf->next, .index = 0};
    } else if (place.index-- == 0) {
      place = {.leaf = place.leaf->previous, .index = place.leaf->previous->size - 1U};
    }
  }
}

}  // namespace pelikan::structure
