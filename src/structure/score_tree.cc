#include "structure/score_tree.h"

#include <algorithm>
#include <new>

#include "base/assertion.h"

namespace pelikan::structure {
namespace {

// A row before which others stand, or not.
class IsBeforeRow {
 public:
  explicit IsBeforeRow(Row row) noexcept : row_(row), score_(row.score()) {}
  bool operator()(double score, Row other) const noexcept {
    if (score != score_) return score < score_;
    return other != row_ && other.name().compare(row_.name()) < 0;
  }

 private:
  Row row_;
  double score_;
};

// The same, and the row itself.
class IsNotBehindRow {
 public:
  explicit IsNotBehindRow(Row row) noexcept : row_(row), is_before_(row) {}
  bool operator()(double score, Row other) const noexcept {
    return other == row_ || is_before_(score, other);
  }

 private:
  Row row_;
  IsBeforeRow is_before_;
};

template <class N, class Item>
void insert_at(N& node, size_t index, const Item& item) noexcept {
  std::copy_backward(node.items + index, node.items + node.size, node.items + node.size + 1);
  node.items[index] = item;
  ++node.size;
}

template <class N>
void erase_at(N& node, size_t index) noexcept {
  std::copy(node.items + index + 1, node.items + node.size, node.items + index);
  --node.size;
}

// Moves items between neighbours until the left one has so many.
template <class N>
void share(N& left, N& right, size_t left_size) noexcept {
  if (left.size < left_size) {
    const size_t moved = left_size - left.size;
    std::copy_n(right.items, moved, left.items + left.size);
    std::copy(right.items + moved, right.items + right.size, right.items);
  } else {
    const size_t moved = left.size - left_size;
    std::copy_backward(right.items, right.items + right.size, right.items + right.size + moved);
    std::copy_n(left.items + left_size, moved, right.items);
  }
  right.size = static_cast<uint32_t>(left.size + right.size - left_size);
  left.size = static_cast<uint32_t>(left_size);
}

}  // namespace

// Changes below one node; nodes are told apart by their height.
class ScoreTree::Edit {
 public:
  explicit Edit(ScoreTree& tree) noexcept : tree_(tree) {}

  template <class N>
  N* make() {
    return new (tree_.account_.take(sizeof(N))) N;
  }
  void free(Node* node, unsigned height) noexcept {
    tree_.account_.give_back(node, height == 0 ? sizeof(Leaf) : sizeof(Inner));
  }

  // Returns the right half of a node that had no room, or null.
  Node* insert(Node& node, unsigned height, const Entry& entry) {
    if (height == 0) {
      auto& leaf = static_cast<Leaf&>(node);
      const size_t index = items_before(leaf, IsBeforeRow(entry.row));
      is_at_end_ = leaf.next == nullptr && index == leaf.size;
      return put(leaf, index, entry);
    }
    auto& inner = static_cast<Inner&>(node);
    const size_t i = last_before(inner, IsBeforeRow(entry.row));
    Node* const added = insert(*inner.items[i].node, height - 1, entry);
    inner.items[i] = child(inner.items[i].node, height - 1);
    return added == nullptr ? nullptr : put(inner, i + 1, child(added, height - 1));
  }

  void erase(Node& node, unsigned height, Row row) {
    if (height == 0) {
      auto& leaf = static_cast<Leaf&>(node);
      const size_t i = items_before(leaf, IsBeforeRow(row));
      CHECK(i < leaf.size && leaf.items[i].row == row);
      return erase_at(leaf, i);
    }
    auto& inner = static_cast<Inner&>(node);
    const size_t i = last_before(inner, IsNotBehindRow(row));
    erase(*inner.items[i].node, height - 1, row);
    if (!fill_up(inner, i, height - 1)) inner.items[i] = child(inner.items[i].node, height - 1);
  }

  [[nodiscard]] static Child child(Node* node, unsigned height) noexcept {
    if (height == 0) {
      const auto& leaf = static_cast<const Leaf&>(*node);
      return {.first = leaf.items[0], .node = node, .rows = leaf.size};
    }
    const auto& inner = static_cast<const Inner&>(*node);
    Child child{.first = inner.items[0].first, .node = node, .rows = 0};
    for (size_t i = 0; i < inner.size; ++i) child.rows += inner.items[i].rows;
    return child;
  }

 private:
  template <class N, class Item>
  Node* put(N& node, size_t index, const Item& item) {
    if (node.size < N::kMax) {
      insert_at(node, index, item);
      return nullptr;
    }
    N* const right = make<N>();
    link(node, *right);
    const bool stays_full = is_at_end_ && index == node.size;
    share(node, *right, stays_full ? N::kFull : N::kMax / 2);
    if (index <= node.size && !stays_full) {
      insert_at(node, index, item);
    } else {
      insert_at(*right, index - node.size, item);
    }
    return right;
  }

  static void link(Leaf& left, Leaf& right) noexcept {
    right.previous = &left;
    right.next = left.next;
    if (left.next != nullptr) left.next->previous = &right;
    left.next = &right;
  }
  static void link(const Inner& /*left*/, const Inner& /*right*/) noexcept {}
  static void unlink(const Leaf& leaf) noexcept {
    if (leaf.previous != nullptr) leaf.previous->next = leaf.next;
    if (leaf.next != nullptr) leaf.next->previous = leaf.previous;
  }
  static void unlink(const Inner& /*inner*/) noexcept {}

  // Joins a child of few items with its neighbour, or shares theirs. False: it has enough.
  bool fill_up(Inner& inner, size_t i, unsigned height) {
    const size_t least = (height == 0 ? Leaf::kMax : Inner::kMax) / 3;
    if (inner.items[i].node->size >= least || inner.size == 1) return false;
    const size_t left = i == 0 ? 0 : i - 1;
    if (height == 0) {
      even_out<Leaf>(inner, left, height);
    } else {
      even_out<Inner>(inner, left, height);
    }
    return true;
  }
  template <class N>
  void even_out(Inner& inner, size_t i, unsigned height) {
    auto& left = static_cast<N&>(*inner.items[i].node);
    auto& right = static_cast<N&>(*inner.items[i + 1].node);
    const size_t both = size_t{left.size} + right.size;
    if (both <= N::kMax * 3 / 4) {
      share(left, right, both);
      unlink(right);
      free(&right, height);
      erase_at(inner, i + 1);
    } else {
      share(left, right, both / 2);
      inner.items[i + 1] = child(&right, height);
    }
    inner.items[i] = child(&left, height);
  }

  ScoreTree& tree_;
  bool is_at_end_ = false;  // what is inserted is the last of all
};

void ScoreTree::insert(Row row) {
  Edit edit(*this);
  if (root_ == nullptr) root_ = edit.make<Leaf>();
  Node* const added = edit.insert(*root_, height_, {.score = row.score(), .row = row});
  ++size_;
  if (added == nullptr) return;
  auto* root = edit.make<Inner>();
  root->items[0] = Edit::child(root_, height_);
  root->items[1] = Edit::child(added, height_);
  root->size = 2;
  root_ = root;
  ++height_;
}

void ScoreTree::erase(Row row) {
  Edit edit(*this);
  edit.erase(*root_, height_, row);
  --size_;
  if (height_ > 0 && root_->size == 1) {
    Node* const root = static_cast<Inner*>(root_)->items[0].node;
    edit.free(root_, height_--);
    root_ = root;
  } else if (size_ == 0) {
    edit.free(root_, height_);
    root_ = nullptr;
  }
}

size_t ScoreTree::rank(Row row) const noexcept { return count_before(IsBeforeRow(row)); }

ScoreTree::Place ScoreTree::place_at(size_t rank) const noexcept {
  DCHECK(rank < size_);
  const Node* node = root_;
  for (unsigned height = height_; height > 0; --height) {
    const Child* child = static_cast<const Inner&>(*node).items;
    for (; rank >= child->rows; ++child) rank -= child->rows;
    node = child->node;
  }
  return {.leaf = static_cast<const Leaf*>(node), .index = rank};
}

// Takes nodes off the right end, the inner ones when they have no child left.
bool ScoreTree::destroy_some(size_t count) noexcept {
  Edit edit(*this);
  for (; root_ != nullptr; --count) {
    if (count == 0) return false;
    Node* node = root_;
    Inner* parent = nullptr;
    unsigned height = height_;
    for (; height > 0 && node->size > 0; --height) {
      parent = static_cast<Inner*>(node);
      node = parent->items[parent->size - 1].node;
    }
    edit.free(node, height);
    if (parent != nullptr) {
      --parent->size;
    } else {
      root_ = nullptr;
    }
  }
  return true;
}

// Checks what is below one node; returns how many rows that are.
class ScoreTree::Check {
 public:
  size_t rows_below(const Node& node, unsigned height) {
    if (height == 0) return rows_in(static_cast<const Leaf&>(node));
    const auto& inner = static_cast<const Inner&>(node);
    CHECK(inner.size >= 2 && inner.size <= Inner::kMax);
    size_t rows = 0;
    for (size_t i = 0; i < inner.size; ++i) {
      const Child& child = inner.items[i];
      const Child fresh = Edit::child(child.node, height - 1);
      CHECK(child.first.row == fresh.first.row && child.rows == fresh.rows);
      CHECK(rows_below(*child.node, height - 1) == child.rows);
      rows += child.rows;
    }
    return rows;
  }

 private:
  size_t rows_in(const Leaf& leaf) {
    CHECK(leaf.size >= 1 && leaf.size <= Leaf::kMax && leaf.previous == last_leaf_);
    CHECK(last_leaf_ == nullptr || last_leaf_->next == &leaf);
    last_leaf_ = &leaf;
    for (size_t i = 0; i < leaf.size; ++i) {
      const Entry& entry = leaf.items[i];
      CHECK(entry.score == entry.row.score());
      CHECK(!last_row_ || IsBeforeRow(entry.row)(last_row_.score(), last_row_));
      last_row_ = entry.row;
    }
    return leaf.size;
  }

  const Leaf* last_leaf_ = nullptr;
  Row last_row_;
};

void ScoreTree::check_invariants() const {
  CHECK((root_ == nullptr) == (size_ == 0));
  if (root_ != nullptr) CHECK(Check().rows_below(*root_, height_) == size_);
}

}  // namespace pelikan::structure
