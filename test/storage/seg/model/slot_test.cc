// Model of the changes of one key: one bucket of two slots, an item per location, and around them
// setters, a deleter, a relocation, a touch and a reader.
//
// Locations are never reused here: epoch_test.cc and seal_test.cc are about that. Writers change
// slots only under the bucket lock, each by one store; the reader takes no lock.
#include <array>

#include "storage/seg/model/check_model.h"

namespace {

using namespace pelikan::model;

struct Rules {
  bool lock = true;
  bool scan_again = true;        // under the lock, for a key that was not there at the look-up
  bool compare_location = true;  // a relocation publishes only if the slot still is what it copied
  bool compare_header = true;    // ... and the header word
  bool one_store = true;         // an overwrite is one store, not "clear, then fill"
  bool count_what_was_unlinked = true;  // dead bytes: the location replaced, not the one looked up
};

constexpr uint8_t kNone = 0;  // an empty slot; locations count from 1
constexpr uint8_t kNowhere = 2;
constexpr size_t kLocations = 5;
enum Party : uint8_t { kFirst, kSecond, kParties };

struct Item {
  uint8_t value = 0;
  uint8_t expiry = 0;
};
struct Writer {
  uint8_t seen = kNone;  // location at the look-up
  Item copied{};
  uint8_t slot = kNowhere;  // where the key is, or will be; found under the lock
  uint8_t replaced = kNone;
};
struct State {
  std::array<uint8_t, 2> slot{};
  std::array<Item, kLocations> item{};
  std::array<uint8_t, kLocations> dead{};  // how often a location's bytes were counted dead
  std::array<Writer, kParties> writer{};
  uint8_t is_locked = 0;
  // The reader and its oracle: every value (bit 0: none) that was the key's during the get.
  uint8_t found = 0;
  uint8_t legal = 0;
  uint8_t is_reading = 0;
  uint8_t answered = 0;
};

uint8_t find(const State& s) {
  for (uint8_t i = 0; i < 2; ++i) {
    if (s.slot[i] != kNone) return i;
  }
  return kNowhere;
}

uint8_t value_bit(const State& s) {
  const uint8_t at = find(s);
  return static_cast<uint8_t>(1U << (at == kNowhere ? 0 : s.item[s.slot[at]].value));
}

void see(State& s) {
  if (s.is_reading != 0) s.legal |= value_bit(s);
}

// ---- what writers have in common

Step<State> look_up(Party me) {
  return {"look up", [me](State& s) {
            const uint8_t at = find(s);
            Writer& w = s.writer[me];
            w.seen = at == kNowhere ? kNone : s.slot[at];
            w.copied = s.item[w.seen];
            return kFollowing;
          }};
}

Step<State> lock(Rules rules) {
  return {"lock", [rules](State& s) {
            if (!rules.lock) return kFollowing;
            if (s.is_locked != 0) return kBlocked;
            s.is_locked = 1;
            return kFollowing;
          }};
}

Step<State> unlock(Rules rules) {
  return {"unlock", [rules](State& s) {
            if (rules.lock) s.is_locked = 0;
            return kFollowing;
          }};
}

// The thread whose store unlinked a location counts its bytes dead.
Step<State> count_dead(Rules rules, Party me) {
  return {"count dead bytes", [rules, me](State& s) {
            const Writer& w = s.writer[me];
            const uint8_t gone = rules.count_what_was_unlinked ? w.replaced : w.seen;
            if (gone != kNone) ++s.dead[gone];
            return kDone;
          }};
}

// ---- the threads

Thread<State> setter(Rules rules, Party me, uint8_t location, uint8_t value) {
  const auto scan = [rules, me](State& s) {
    Writer& w = s.writer[me];
    uint8_t at = find(s);
    if (!rules.scan_again && w.seen == kNone) at = kNowhere;
    w.slot = at != kNowhere ? at : (s.slot[0] == kNone ? 0 : 1);
    w.replaced = s.slot[w.slot];
    return kFollowing;
  };
  const auto clear = [rules, me](State& s) {
    if (!rules.one_store) s.slot[s.writer[me].slot] = kNone;
    return kFollowing;
  };
  const auto publish = [me, location](State& s) {
    s.slot[s.writer[me].slot] = location;
    see(s);
    return kFollowing;
  };
  return {me == kFirst ? "first setter" : "second setter",
          {look_up(me),
           {"reserve and write",
            [location, value](State& s) {
              s.item[location] = {value, 0};
              return kFollowing;
            }},
           lock(rules),
           {"find the slot", scan},
           {"clear it first", clear},
           {"publish", publish},
           unlock(rules),
           count_dead(rules, me)}};
}

Thread<State> deleter(Rules rules, Party me) {
  const auto scan = [me](State& s) {
    Writer& w = s.writer[me];
    w.slot = find(s);
    w.replaced = w.slot == kNowhere ? kNone : s.slot[w.slot];
    return w.slot == kNowhere ? go_to("unlock") : kFollowing;
  };
  const auto empty = [me](State& s) {
    s.slot[s.writer[me].slot] = kNone;
    see(s);
    return kFollowing;
  };
  return {"deleter",
          {look_up(me),
           lock(rules),
           {"find the slot", scan},
           {"empty it", empty},
           unlock(rules),
           count_dead(rules, me)}};
}

// Copies the item to another location; what changed meanwhile wins, the copy is dropped (counted
// dead).
Thread<State> relocation(Rules rules, Party me, uint8_t target) {
  const auto copy = [me, target](State& s) {
    if (s.writer[me].seen == kNone) return kDone;
    s.item[target] = s.writer[me].copied;
    return kFollowing;
  };
  const auto compare = [rules, me, target](State& s) {
    Writer& w = s.writer[me];
    w.slot = find(s);
    const uint8_t now = w.slot == kNowhere ? kNone : s.slot[w.slot];
    const bool moved = rules.compare_location && now != w.seen;
    const bool touched = rules.compare_header && s.item[w.seen].expiry != w.copied.expiry;
    if (moved || touched) {
      w.replaced = w.seen = target;
      return go_to("unlock");
    }
    if (w.slot == kNowhere) w.slot = 0;
    w.replaced = s.slot[w.slot];
    return kFollowing;
  };
  const auto publish = [me, target](State& s) {
    s.slot[s.writer[me].slot] = target;
    return kFollowing;
  };
  return {"relocation",
          {look_up(me),
           {"copy", copy},
           lock(rules),
           {"compare", compare},
           {"publish the copy", publish},
           unlock(rules),
           count_dead(rules, me)}};
}

Thread<State> touch(Rules rules) {
  const auto rewrite = [](State& s) {
    const uint8_t at = find(s);
    s.item[s.slot[at]].expiry = 1;
    return kFollowing;
  };
  return {"touch", {lock(rules), {"rewrite the header", rewrite}, unlock(rules)}};
}

Thread<State> reader() {
  const auto load = [](uint8_t slot) {
    return [slot](State& s) {
      if (s.slot[slot] == kNone) return kFollowing;
      s.found = s.item[s.slot[slot]].value;
      return go_to("answer");
    };
  };
  return {"reader",
          {{"begin",
            [](State& s) {
              s.is_reading = 1;
              s.legal = value_bit(s);
              return kFollowing;
            }},
           {"load slot 0", load(0)},
           {"load slot 1", load(1)},
           {"answer", [](State& s) {
              s.answered = 1;
              s.is_reading = 0;
              return kDone;
            }}}};
}

// ---- what must hold

const char* invariant(const State& s) {
  if (s.slot[0] != kNone && s.slot[1] != kNone) return "a key is in two slots";
  const bool is_legal = ((s.legal >> s.found) & 1U) != 0;
  if (s.answered != 0 && !is_legal) return "a get answered what never was";
  return nullptr;
}

// Each written location is either live, or counted dead exactly once.
const char* counts_are_exact(const State& s) {
  for (uint8_t location = 1; location < kLocations; ++location) {
    const bool is_written = s.item[location].value != 0;
    const bool is_live = s.slot[0] == location || s.slot[1] == location;
    const uint8_t expected = is_written && !is_live ? 1 : 0;
    if (s.dead[location] != expected) return "dead bytes are miscounted";
  }
  return nullptr;
}

Model<State> with_item(std::vector<Thread<State>> threads) {
  Model<State> model;
  model.start.item[1] = {1, 0};
  model.start.slot[1] = 1;
  model.threads = std::move(threads);
  model.invariant = invariant;
  model.verdict = counts_are_exact;
  return model;
}

Model<State> two_sets_of_a_new_key(Rules rules = {}) {
  auto model = with_item({setter(rules, kFirst, 2, 2), setter(rules, kSecond, 3, 3), reader()});
  model.start.slot[1] = kNone;
  model.start.item[1] = {};
  return model;
}

Model<State> overwrite_and_delete(Rules rules = {}) {
  return with_item({setter(rules, kFirst, 2, 2), deleter(rules, kSecond), reader()});
}

Model<State> two_overwrites(Rules rules = {}) {
  return with_item({setter(rules, kFirst, 2, 2), setter(rules, kSecond, 3, 3), reader()});
}

// After a relocation the key holds what the other writer left.
Model<State> relocation_and_delete(Rules rules = {}) {
  auto model = with_item({relocation(rules, kFirst, 2), deleter(rules, kSecond), reader()});
  model.verdict = [](const State& s) {
    return find(s) == kNowhere ? counts_are_exact(s) : "a deleted item came back";
  };
  return model;
}

Model<State> relocation_and_overwrite(Rules rules = {}) {
  auto model = with_item({relocation(rules, kFirst, 2), setter(rules, kSecond, 3, 3), reader()});
  model.verdict = [](const State& s) {
    return value_bit(s) == 1U << 3 ? counts_are_exact(s) : "an overwritten value came back";
  };
  return model;
}

Model<State> relocation_and_touch(Rules rules = {}) {
  auto model = with_item({relocation(rules, kFirst, 2), touch(rules), reader()});
  model.verdict = [](const State& s) {
    return s.item[s.slot[find(s)]].expiry == 1 ? counts_are_exact(s) : "a touch was lost";
  };
  return model;
}

START_TEST(changes_of_one_key_keep_the_rules_in_every_interleaving) {
  check_holds(two_sets_of_a_new_key());
  check_holds(two_overwrites());
  check_holds(overwrite_and_delete());
  check_holds(relocation_and_delete());
  check_holds(relocation_and_overwrite());
  check_holds(relocation_and_touch());
}
END_TEST

START_TEST(without_the_bucket_lock_a_set_vanishes_uncounted) {
  check_fails(two_sets_of_a_new_key({.lock = false}), "dead bytes are miscounted");
}
END_TEST

START_TEST(without_a_second_scan_under_the_lock_a_new_key_is_inserted_twice) {
  check_fails(two_sets_of_a_new_key({.scan_again = false}), "a key is in two slots");
}
END_TEST

START_TEST(an_overwrite_in_two_stores_makes_a_get_miss) {
  check_fails(two_overwrites({.one_store = false}), "a get answered what never was");
}
END_TEST

START_TEST(counting_dead_what_was_looked_up_miscounts) {
  check_fails(two_overwrites({.count_what_was_unlinked = false}), "dead bytes are miscounted");
}
END_TEST

START_TEST(a_relocation_that_does_not_compare_the_location_revives_items) {
  check_fails(relocation_and_delete({.compare_location = false}), "a deleted item came back");
  check_fails(relocation_and_overwrite({.compare_location = false}),
              "an overwritten value came back");
  check_fails(relocation_and_overwrite({.compare_location = false}),
              "a get answered what never was");
}
END_TEST

START_TEST(a_relocation_that_does_not_compare_the_header_loses_a_touch) {
  check_fails(relocation_and_touch({.compare_header = false}), "a touch was lost");
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/model/slot", changes_of_one_key_keep_the_rules_in_every_interleaving,
              without_the_bucket_lock_a_set_vanishes_uncounted,
              without_a_second_scan_under_the_lock_a_new_key_is_inserted_twice,
              an_overwrite_in_two_stores_makes_a_get_miss,
              counting_dead_what_was_looked_up_miscounts,
              a_relocation_that_does_not_compare_the_location_revives_items,
              a_relocation_that_does_not_compare_the_header_loses_a_touch)
