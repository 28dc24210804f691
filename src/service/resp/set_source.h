// RespSource: one of the sets and sorted sets that a command puts together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/key_group.h"
#include "service/resp/readable.h"
#include "structure/big_set.h"
#include "structure/big_sorted_set.h"

namespace pelikan {

// Members of a set have the score 1. REQUIRES: in the epoch in which it was read; a Hold of its key
class RespSource {
 public:
  explicit RespSource(const structure::PackedSet& set) noexcept : form_(set) {}
  explicit RespSource(const structure::PackedSortedSet& set) noexcept : form_(set) {}
  explicit RespSource(const structure::BigSet& set) noexcept : form_(&set) {}
  explicit RespSource(const structure::BigSortedSet& set) noexcept : form_(&set) {}

  double weight = 1;

  [[nodiscard]] size_t size() const noexcept {
    return std::visit([](const auto& form) { return set_of(form).size(); }, form_);
  }
  [[nodiscard]] std::optional<double> score(const structure::Element& member) const noexcept {
    return std::visit([&](const auto& form) { return score_in(set_of(form), member); }, form_);
  }
  // Calls visit(member's bytes, score), as long as it returns true.
  template <class Visit>
  void visit_while(Visit&& visit) const {
    bool goes_on = true;
    const auto show = [&](const auto& row) {
      if (goes_on) goes_on = show_row(row, visit);
    };
    std::visit([&](const auto& form) { walk(set_of(form), goes_on, show); }, form_);
  }

 private:
  template <class Set>
  static const Set& set_of(const Set& set) noexcept {
    return set;
  }
  template <class Set>
  static const Set& set_of(const Set* set) noexcept {
    return *set;
  }
  template <class Set, class Show>
  static void walk(const Set& set, const bool& goes_on, const Show& show) {
    if constexpr (requires { set.scan(uint64_t{}, size_t{}, show); }) {
      constexpr size_t kRowsAtOnce = 64;
      uint64_t cursor = 0;
      do {
        cursor = set.scan(cursor, kRowsAtOnce, show);
      } while (goes_on && cursor != 0);
    } else {
      visit_members(set, show);
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
  static bool show_row(const structure::Text& member, Visit& visit) {
    return visit(member.view(), 1.0);
  }
  template <class Visit>
  static bool show_row(const structure::Scored& each, Visit& visit) {
    return visit(each.member.text().view(), each.score);
  }

  std::variant<structure::PackedSet, structure::PackedSortedSet, const structure::BigSet*,
               const structure::BigSortedSet*>
      form_;
};

using RespSources = std::vector<RespSource>;

enum class RespSourceKinds : uint8_t { kSets, kSetsAndSortedSets };

// Reads what is under a key. Not empty: the outcome of a refusal. REQUIRES: a Hold of it
template <class Store>
[[nodiscard]] std::optional<RespOutcome> read_source(RespStoreCall<Store>& call,
                                                     std::string_view key, RespSourceKinds kinds,
                                                     RespSources& sources) {
  const Lookup lookup = call.prepared(key);
  const size_t before = sources.size();
  const auto take = [&](const auto& set) {
    sources.emplace_back(set);
    return RespOutcome::kDone;
  };
  const auto item = call.store.peek(lookup);
  const bool is_sorted = kinds == RespSourceKinds::kSetsAndSortedSets && item &&
                         type_of(*item) == RespType::kSortedSet;
  const RespOutcome outcome = is_sorted
                                  ? read_locked_collection<RespSortedSetKind>(call, lookup, take)
                                  : read_locked_collection<RespSetKind>(call, lookup, take);
  if (sources.size() > before) return std::nullopt;
  return outcome;  // it is of another type
}

// Locks the keys, and `destination` if there is one, then runs run(sources), which replies.
template <class Store, class Run>
RespOutcome with_sources(RespStoreCall<Store>& call, std::span<const std::string_view> keys,
                         std::optional<std::string_view> destination, RespSourceKinds kinds,
                         Run&& run) noexcept try {
  const size_t locks = keys.size() + (destination ? 1 : 0);
  if (locks > RespKeyLocks::kMostKeys) return call.reply_error(resp::Error::kTooManyKeys);
  const RespKeyLocks::Hold hold(call.worker.control.key_locks(), locks,
                                [&](size_t i) { return i < keys.size() ? keys[i] : *destination; });
  if (!hold) return RespOutcome::kNextRound;
  RespSources sources;
  sources.reserve(keys.size());
  for (const std::string_view key : keys) {
    if (const auto refusal = read_source(call, key, kinds, sources)) return *refusal;
  }
  return run(sources);
} catch (const std::bad_alloc&) {
  return refuse_for_memory(call);
}

}  // namespace pelikan
