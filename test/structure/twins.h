// Collections of every type beside plain ones of the standard library. A twin plays a step on both
// and compares what came of it; bytes become steps, any bytes do. The packed and the large form of
// a type have the same methods, so one twin serves both.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assertion.h"
#include "structure/packed_hash.h"
#include "structure/packed_list.h"
#include "structure/packed_set.h"
#include "structure/packed_sorted_set.h"

namespace pelikan::structure::test {

// The bytes of a script; zeros behind its end.
class Script {
 public:
  explicit Script(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool is_over() const { return bytes_.empty(); }
  unsigned byte() {
    if (bytes_.empty()) return 0;
    const unsigned byte = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  // Below `end`, which is not 0.
  size_t below(size_t end) { return (byte() | byte() << 8U) % end; }

  // One of a few texts, so that they meet again: numbers of every width, texts of every length of
  // head, empty and binary ones.
  std::string element() {
    static constexpr std::array<int64_t, 10> kNumbers{0,  63,        64,        8255,    8256,
                                                      -1, INT64_MIN, INT64_MAX, -32'769, 1 << 30};
    const unsigned which = byte();
    const unsigned kind = which >> 5U;
    const unsigned number = which & 31U;
    if (kind == 0) return std::to_string(kNumbers[number % kNumbers.size()]);
    if (kind <= 2) return std::to_string(static_cast<int>(byte()) - 128);
    if (kind == 3) return std::string(number, static_cast<char>(number));
    if (kind == 4) return std::string(1, static_cast<char>(byte()));
    if (kind == 5 && number < 2) return std::string(number == 0 ? 128 : 4224, 'l');
    return "element:" + std::to_string(number * (kind - 4)) + std::string(number % 5, 'e');
  }
  double score() {
    static constexpr std::array<double, 8> kScores{0, -0.0, 0.1, 1e300, -1.5, 1e17, -3, 1};
    const unsigned which = byte();
    if (which < 64) return kScores[which % kScores.size()];
    return static_cast<double>(which % 16);
  }

 private:
  std::span<const uint8_t> bytes_;
};

// What a form is read through: the draft's view, or a large form itself.
decltype(auto) view_of(const auto& form) {
  if constexpr (requires { form.view(); }) {
    return form.view();
  } else {
    return (form);
  }
}

template <class List>
class ListTwin {
 public:
  explicit ListTwin(List& list) : list_(list) {}

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

template <class Hash>
class HashTwin {
 public:
  explicit HashTwin(Hash& hash) : hash_(hash) {}

  void step(Script& script) {
    switch (script.below(8)) {
      case 0:
      case 1:
      case 2:
        return set(script.element(), script.element());
      case 3:
        return set_value(script.element(), script.element());
      case 4:
        return set_expiry(script.element(), script.byte() % 16);
      case 5:
        return erase(script.element());
      case 6:
        return erase_expired(script.byte() % 16);
      default:
        return compare_one(script.element());
    }
  }

  void compare() const {
    CHECK(view_of(hash_).size() == model_.size());
    size_t shown = 0;
    view_of(hash_).visit_all([&](const Field& field) {
      const auto known = model_.find(std::string(field.name.text().view()));
      CHECK(known != model_.end());
      CHECK(field.value.text().view() == known->second.value);
      CHECK(field.expires_at_ms == known->second.expires_at_ms);
      ++shown;
    });
    CHECK(shown == model_.size());
    int64_t next = kNoExpiry;
    for (const auto& [name, field] : model_) next = std::min(next, field.expires_at_ms);
    CHECK(hash_.next_expiry_ms() == next);
  }

  struct Known {
    std::string value;
    int64_t expires_at_ms = kNoExpiry;
  };
  [[nodiscard]] const std::map<std::string, Known>& model() const { return model_; }

 private:
  static Element element(const std::string& text) { return Element(std::string_view(text)); }
  void set(const std::string& name, const std::string& value) {
    CHECK(hash_.set(element(name), element(value)) == !model_.contains(name));
    model_[name] = Known{.value = value};
  }
  void set_value(const std::string& name, const std::string& value) {
    if (!model_.contains(name)) return;
    hash_.set_value(element(name), element(value));
    model_[name].value = value;
  }
  void set_expiry(const std::string& name, int64_t at_ms) {
    if (at_ms == 0) at_ms = kNoExpiry;
    CHECK(hash_.set_expiry(element(name), at_ms) == model_.contains(name));
    if (model_.contains(name)) model_[name].expires_at_ms = at_ms;
  }
  void erase(const std::string& name) {
    CHECK(hash_.erase(element(name)) == (model_.erase(name) == 1));
  }
  void erase_expired(int64_t now_ms) {
    const size_t erased = std::erase_if(
        model_, [&](const auto& each) { return each.second.expires_at_ms <= now_ms; });
    CHECK(hash_.erase_expired(now_ms) == erased);
  }
  void compare_one(const std::string& name) const {
    const auto found = hash_.find(element(name));
    const auto known = model_.find(name);
    CHECK(found.has_value() == (known != model_.end()));
    if (found) CHECK(found->value.text().view() == known->second.value);
  }

  Hash& hash_;
  std::map<std::string, Known> model_;
};

template <class Set>
class SetTwin {
 public:
  explicit SetTwin(Set& set) : set_(set) {}

  void step(Script& script) {
    const unsigned verb = script.byte() % 8;
    play(verb, script.element());
  }
  void play(unsigned verb, const std::string& text) {
    const Element element{std::string_view(text)};
    if (verb < 6) {
      CHECK(set_.add(element) == model_.insert(text).second);
    } else if (verb == 6) {
      CHECK(set_.erase(element) == (model_.erase(text) == 1));
    } else {
      CHECK(set_.contains(element) == model_.contains(text));
    }
  }
  void compare() const {
    CHECK(view_of(set_).size() == model_.size());
    std::set<std::string> shown;
    view_of(set_).visit_all(
        [&](const Text& text) { CHECK(shown.insert(std::string(text.view())).second); });
    CHECK(shown == model_);
  }
  [[nodiscard]] const std::set<std::string>& model() const { return model_; }

 private:
  Set& set_;
  std::set<std::string> model_;
};

// A set that is asked for numbers alone.
template <class Set>
class NumberTwin : public SetTwin<Set> {
 public:
  using SetTwin<Set>::SetTwin;

  void step(Script& script) {
    const unsigned verb = script.byte() % 8;
    const auto number = static_cast<int8_t>(script.byte());
    const unsigned shift = script.byte() % 4 * 16;
    this->play(verb, std::to_string(int64_t{number} << shift));
  }
};
template <class Set>
NumberTwin(Set&) -> NumberTwin<Set>;

template <class Set>
class SortedSetTwin {
 public:
  using Order = std::set<std::pair<double, std::string>>;

  explicit SortedSetTwin(Set& set) : set_(set) {}

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
