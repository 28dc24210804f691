// RespSource: one of the sets and sorted sets that a command puts together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/kept.h"
#include "service/resp/key_group.h"
#include "service/resp/readable.h"
#include "structure/big_set.h"
#include "structure/big_sorted_set.h"

namespace pelikan {

// Members of a set have the score 1. REQUIRES: in the epoch in which it was read, or kept
// (RespHeldSources); a Hold of its key
class RespSource {
 public:
  // Of an item of this kind; of none, an empty one.
  template <class Kind, class Item>
  [[nodiscard]] static RespSource of(const std::optional<Item>& item) noexcept {
    if (item && item->handled() != nullptr) {
      return RespSource(&std::as_const(large_of<Kind>(*item).data()), item->handled());
    }
    return RespSource(typename Kind::View(item ? item->value_part(0) : Kind::kEmpty), nullptr);
  }

  double weight = 1;

  [[nodiscard]] size_t size() const noexcept {
    return std::visit([](const auto& form) { return set_of(form).size(); }, form_);
  }
  [[nodiscard]] std::optional<double> score(const structure::Element& member) const noexcept {
    return std::visit([&](const auto& form) { return score_in(set_of(form), member); }, form_);
  }
  // Calls visit(member's bytes, score) for `rows` members or some more. Begin with cursor 0, go on
  // with what is returned, until that is 0.
  template <class Visit>
  uint64_t scan(uint64_t cursor, size_t rows, Visit&& visit) const {
    const auto show = [&](const auto& row) { show_row(row, visit); };
    return std::visit([&](const auto& form) { return scan_set(set_of(form), cursor, rows, show); },
                      form_);
  }

  // The large one's object; null: it is packed.
  [[nodiscard]] Handled* handled() const noexcept { return handled_; }
  // Of a packed one: the same bytes stand elsewhere now, which returns where.
  template <class Copy>
  void move_bytes(Copy&& copy) {
    std::visit(
        [&](auto& form) {
          if constexpr (requires { form.bytes(); })
            form = std::decay_t<decltype(form)>(copy(form.bytes()));
        },
        form_);
  }

 private:
  using Form = std::variant<structure::PackedSet, structure::PackedSortedSet,
                            const structure::BigSet*, const structure::BigSortedSet*>;

  RespSource(Form form, Handled* handled) noexcept : form_(form), handled_(handled) {}

  template <class Set>
  static const Set& set_of(const Set& set) noexcept {
    return set;
  }
  template <class Set>
  static const Set& set_of(const Set* set) noexcept {
    return *set;
  }
  template <class Set, class Show>
  static uint64_t scan_set(const Set& set, uint64_t cursor, size_t rows, const Show& show) {
    if constexpr (requires { set.scan(cursor, rows, show); }) {
      return set.scan(cursor, rows, show);
    } else {
      visit_members(set, show);
      return 0;
    }
  }
  template <class Set>
  static std::optional<double> score_in(const Set& set, const structure::Element& member) noexcept {
    if constexpr (requires { set.score(member); }) {
      return set.score(member);
    } else {
      return set.contains(member) ? std::optional<double>(1) : std::nullopt;
    }
  }
  template <class Visit>
  static void show_row(const structure::Text& member, Visit& visit) {
    visit(member.view(), 1.0);
  }
  template <class Visit>
  static void show_row(const structure::Scored& each, Visit& visit) {
    visit(each.member.text().view(), each.score);
  }

  Form form_;
  Handled* handled_;
};

using RespSources = std::vector<RespSource>;

enum class RespSourceKinds : uint8_t { kSets, kSetsAndSortedSets };

// What a command puts together, and the locks of all its keys.
template <class Store>
class RespHeldSources {
 public:
  RespHeldSources(RespKeyLocks::Hold locks, RespSources read) noexcept
      : sources(std::move(read)), locks_(std::move(locks)) {}

  RespSources sources;

  // For rounds to come: large ones stay, packed ones are copied. False: one is gone by now.
  [[nodiscard]] bool keep(Store& store) {
    pins_.reserve(sources.size());
    packed_.reserve(sources.size());
    for (RespSource& source : sources) {
      if (source.handled() == nullptr) {
        source.move_bytes([&](std::string_view bytes) -> std::string_view {
          return packed_.emplace_back(bytes);
        });
      } else if (!pins_.emplace_back(store, *source.handled())) {
        return false;
      }
    }
    return true;
  }
  void let_go() noexcept {
    pins_.clear();
    locks_.give_back();
  }

 private:
  RespKeyLocks::Hold locks_;
  std::vector<RespPin<Store>> pins_;
  std::vector<std::string> packed_;  // never more than was reserved: its strings stay in place
};

// Reads what is under a key. Not empty: the outcome of a refusal. REQUIRES: a Hold of it
template <class Store>
[[nodiscard]] std::optional<RespOutcome> read_source(RespStoreCall<Store>& call,
                                                     std::string_view key, RespSourceKinds kinds,
                                                     RespSources& sources) {
  const auto item = call.get(call.prepared(key));
  if (!item || type_of(*item) == RespType::kSet) {
    sources.push_back(RespSource::of<RespSetKind>(item));
  } else if (kinds == RespSourceKinds::kSetsAndSortedSets &&
             type_of(*item) == RespType::kSortedSet) {
    sources.push_back(RespSource::of<RespSortedSetKind>(item));
  } else {
    return call.reply_error(resp::Error::kWrongType);
  }
  call.count_key(item.has_value());
  return std::nullopt;
}

// Locks the keys, and `destination` if there is one, then runs run(RespHeldSources<Store>), which
// replies.
template <class Store, class Run>
RespOutcome with_sources(RespStoreCall<Store>& call, std::span<const std::string_view> keys,
                         std::optional<std::string_view> destination, RespSourceKinds kinds,
                         Run&& run) noexcept try {
  const size_t count = keys.size() + (destination ? 1 : 0);
  if (count > RespKeyLocks::kMostKeys) return call.reply_error(resp::Error::kTooManyKeys);
  RespKeyLocks::Hold locks(call.worker.control.key_locks(), count,
                           [&](size_t i) { return i < keys.size() ? keys[i] : *destination; });
  if (!locks) return RespOutcome::kNextRound;
  RespSources sources;
  sources.reserve(keys.size());
  for (const std::string_view key : keys) {
    if (const auto refusal = read_source(call, key, kinds, sources)) return *refusal;
  }
  return run(RespHeldSources<Store>(std::move(locks), std::move(sources)));
} catch (const std::bad_alloc&) {
  return refuse_for_memory(call);
}

}  // namespace pelikan
