// A list beside a std::vector, see script.h.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assertion.h"
#include "structure/packed_list.h"
#include "structure/script.h"

namespace pelikan::structure::test {

template <class List>
class ListTwin {
 public:
  // `model` is what the list has already.
  explicit ListTwin(List& list, std::vector<std::string> model = {})
      : list_(list), model_(std::move(model)) {}

  void step(Script& script) {
    switch (script.below(8)) {
      case 0:
        return insert(0, script.element());
      case 1:
      case 2:
        return insert(model_.size(), script.element());
      case 3:
        return insert(script.below(model_.size() + 1), script.element());
      case 4:
        return set(script);
      case 5:
        return erase(script);
      case 6:
        return remove(script);
      default:
        return compare_range(script);
    }
  }

  void compare() const {
    CHECK(view_of(list_).size() == model_.size());
    if (model_.empty()) return;
    compare_from(0, model_.size(), Direction::kForward);
    compare_from(model_.size() - 1, model_.size(), Direction::kBackward);
  }
  [[nodiscard]] const std::vector<std::string>& model() const { return model_; }

 private:
  static Direction direction(Script& script) {
    return script.byte() % 2 == 0 ? Direction::kForward : Direction::kBackward;
  }
  void insert(size_t index, const std::string& text) {
    const Element element{std::string_view(text)};
    if (index == 0) {
      list_.push_front(element);
    } else if (index == model_.size()) {
      list_.push_back(element);
    } else {
      list_.insert(index, element);
    }
    model_.insert(model_.begin() + static_cast<ptrdiff_t>(index), text);
  }
  void set(Script& script) {
    if (model_.empty()) return;
    const size_t index = script.below(model_.size());
    const std::string text = script.element();
    list_.set(index, Element(std::string_view(text)));
    model_[index] = text;
  }
  void erase(Script& script) {
    const size_t first = script.below(model_.size() + 1);
    const size_t count = std::min<size_t>(model_.size() - first, script.byte() % 16);
    list_.erase(first, count);
    const auto from = model_.begin() + static_cast<ptrdiff_t>(first);
    model_.erase(from, from + static_cast<ptrdiff_t>(count));
  }
  void remove(Script& script) {
    const std::string text = script.element();
    const size_t most = script.byte() % 3 + 1;
    const Direction from = direction(script);
    size_t removed = 0;
    if (from == Direction::kBackward) std::ranges::reverse(model_);
    std::erase_if(model_, [&](const std::string& each) {
      const bool is_removed = each == text && removed < most;
      removed += is_removed ? 1U : 0U;
      return is_removed;
    });
    if (from == Direction::kBackward) std::ranges::reverse(model_);
    CHECK(list_.remove(Element(std::string_view(text)), most, from) == removed);
  }
  void compare_range(Script& script) const {
    if (model_.empty()) return;
    const size_t first = script.below(model_.size());
    CHECK(view_of(list_).at(first).text().view() == model_[first]);
    compare_from(first, 1 + script.below(model_.size() - first), Direction::kForward);
    compare_from(first, 1 + script.below(first + 1), Direction::kBackward);
  }
  void compare_from(size_t first, size_t count, Direction direction) const {
    size_t index = first;
    size_t shown = 0;
    view_of(list_).visit_range(first, count, direction, [&](Cell cell) {
      CHECK(cell.text().view() == model_[index]);
      index += direction == Direction::kForward ? 1 : size_t{0} - 1;
      ++shown;
    });
    CHECK(shown == count);
  }

  List& list_;
  std::vector<std::string> model_;
};

}  // namespace pelikan::structure::test
