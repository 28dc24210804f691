// A sorted set beside a std::set of pairs, see script.h.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/assertion.h"
#include "structure/packed_sorted_set.h"
#include "structure/script.h"

namespace pelikan::structure::test {

template <class Set>
class SortedSetTwin {
 public:
  using Order = std::set<std::pair<double, std::string>>;

  // `model` is what the set has already.
  explicit SortedSetTwin(Set& set, Order model = {}) : set_(set), model_(std::move(model)) {}

  void step(Script& script) {
    switch (script.below(8)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return put(script.element(), script.score());
      case 4:
        return erase(script.element());
      case 5:
        return erase_range(script);
      case 6:
        return compare_ranks(script.element());
      default:
        return compare_range(script);
    }
  }
  void compare() const {
    CHECK(view_of(set_).size() == model_.size());
    if (model_.empty()) return;
    compare_from(0, model_.size(), Direction::kForward);
    compare_from(model_.size() - 1, model_.size(), Direction::kBackward);
  }
  [[nodiscard]] const Order& model() const { return model_; }

 private:
  void put(const std::string& text, double score) {
    const auto known = find(text);
    const Added expected = known == model_.end()   ? Added::kNew
                           : known->first == score ? Added::kSame
                                                   : Added::kMoved;
    CHECK(set_.put(Element(std::string_view(text)), score) == expected);
    if (expected == Added::kMoved) model_.erase(known);
    if (expected != Added::kSame) model_.emplace(score, text);
  }
  void erase(const std::string& text) {
    const auto known = find(text);
    CHECK(set_.erase(Element(std::string_view(text))) == (known != model_.end()));
    if (known != model_.end()) model_.erase(known);
  }
  void erase_range(Script& script) {
    const size_t first = script.below(model_.size() + 1);
    const size_t count = std::min<size_t>(model_.size() - first, script.byte() % 8);
    set_.erase_range(first, count);
    const auto from = std::next(model_.begin(), static_cast<ptrdiff_t>(first));
    model_.erase(from, std::next(from, static_cast<ptrdiff_t>(count)));
  }
  void compare_ranks(const std::string& text) const {
    const auto known = find(text);
    const Element element{std::string_view(text)};
    const auto score = view_of(set_).score(element);
    const auto rank = view_of(set_).rank(element);
    CHECK(score.has_value() == (known != model_.end()) && rank.has_value() == score.has_value());
    if (!score) return;
    CHECK(*score == known->first);
    CHECK(*rank == static_cast<size_t>(std::distance(model_.begin(), known)));
    const size_t lower =
        view_of(set_).count_before([&](const Scored& other) { return other.score < *score; });
    CHECK(lower == static_cast<size_t>(
                       std::distance(model_.begin(), model_.lower_bound({*score, std::string()}))));
  }
  void compare_range(Script& script) const {
    if (model_.empty()) return;
    const size_t first = script.below(model_.size());
    compare_from(first, 1 + script.below(model_.size() - first), Direction::kForward);
    compare_from(first, 1 + script.below(first + 1), Direction::kBackward);
  }
  void compare_from(size_t first, size_t count, Direction direction) const {
    auto expected = std::next(model_.begin(), static_cast<ptrdiff_t>(first));
    const Scored at = view_of(set_).at(first);
    CHECK(at.member.text().view() == expected->second);
    size_t shown = 0;
    view_of(set_).visit_range(first, count, direction, [&](const Scored& each) {
      CHECK(each.score == expected->first && each.member.text().view() == expected->second);
      if (++shown < count) std::advance(expected, direction == Direction::kForward ? 1 : -1);
    });
    CHECK(shown == count);
  }
  [[nodiscard]] Order::const_iterator find(const std::string& text) const {
    return std::ranges::find(model_, text, &std::pair<double, std::string>::second);
  }

  Set& set_;
  Order model_;
};

}  // namespace pelikan::structure::test
