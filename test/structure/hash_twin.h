// A hash beside a std::map, see script.h.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/assertion.h"
#include "structure/packed_hash.h"
#include "structure/script.h"

namespace pelikan::structure::test {

struct KnownField {
  std::string value;
  int64_t expires_at_ms = kNoExpiry;
};
using HashModel = std::map<std::string, KnownField>;

template <class Hash>
class HashTwin {
 public:
  // `model` is what the hash has already.
  explicit HashTwin(Hash& hash, HashModel model = {}) : hash_(hash), model_(std::move(model)) {}

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

  [[nodiscard]] const HashModel& model() const { return model_; }

 private:
  static Element element(const std::string& text) { return Element(std::string_view(text)); }
  void set(const std::string& name, const std::string& value) {
    CHECK(hash_.set(element(name), element(value)) == !model_.contains(name));
    model_[name] = KnownField{.value = value};
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
  HashModel model_;
};

}  // namespace pelikan::structure::test
