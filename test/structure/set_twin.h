// A set beside a std::set, see script.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/assertion.h"
#include "structure/packed_set.h"
#include "structure/script.h"

namespace pelikan::structure::test {

template <class Set>
class SetTwin {
 public:
  // `model` is what the set has already.
  explicit SetTwin(Set& set, std::set<std::string> model = {})
      : set_(set), model_(std::move(model)) {}

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

}  // namespace pelikan::structure::test
