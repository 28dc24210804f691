// Model of flush_all. One step under the engine mutex draws the flush sequence and sets `sweeping`;
// segments are opened under the same mutex. An item is dead when its segment was opened before the
// flush.
//
// A client flushes, then reads (or sets, then reads); an appender copies the old item into the
// segment that is open; somebody else opens another segment; maintenance sweeps the old segments,
// then clears `sweeping`. The item there at first is old: neither it nor what was made of it may be
// read after the flush. Why the sweep waits for writers inside the old segments is seal_test.cc's
// affair: here segments are never reused.
#include <array>

#include "storage/seg/model/check_model.h"

namespace {

using namespace pelikan::model;

struct Rules {
  bool one_step = true;              // draw and publish together
  bool check_source_late = true;     // appender: under the bucket lock, after its own reservation
  bool check_own_segment = true;     // a reservation in an old segment is closed, another taken
  bool clear_after_drain = true;     // sweeping ends when the old segments are drained
  bool sweeping_before_slot = true;  // the order of a get's loads
};

enum Party : uint8_t { kClient, kAppender, kParties };
enum Location : uint8_t { kNone, kOld, kAppended, kSet, kLocations };
constexpr uint8_t kSegments = 4;

struct State {
  // Under the engine mutex.
  uint8_t next_sequence = 2;
  uint8_t open = 0;                            // the open segment
  std::array<uint8_t, kSegments> sequence{1};  // 0: not opened yet
  std::array<uint8_t, kSegments> is_sealed{};
  uint8_t flush_sequence = 0;
  uint8_t sweeping = 0;
  uint8_t drawn = 0;  // two steps: the sequence, before it is published
  // The key: one slot, guarded by its bucket lock.
  uint8_t slot = kOld;
  uint8_t is_locked = 0;
  std::array<uint8_t, kLocations> segment_of{};  // location -> segment
  // Program state.
  uint8_t seen = kNone;
  std::array<uint8_t, kParties> reserved_in{};
  uint8_t saw_sweeping = 0;
  uint8_t read = kNone;
  uint8_t has_read = 0;
};

bool is_flushed(const State& s, uint8_t segment) {
  return s.sweeping != 0 && s.sequence[segment] < s.flush_sequence;
}

void open_segment(State& s) {
  s.is_sealed[s.open] = 1;
  s.sequence[++s.open] = s.next_sequence++;
}

Step<State> lock() {
  return {"lock", [](State& s) {
            if (s.is_locked != 0) return kBlocked;
            s.is_locked = 1;
            return kFollowing;
          }};
}

Step<State> unlock() {
  return {"unlock", [](State& s) {
            s.is_locked = 0;
            return kDone;
          }};
}

// ---- a reservation: in the open segment, but never in one older than the flush

Step<State> reserve(Party me) {
  return {"reserve", [me](State& s) {
            if (s.is_sealed[s.open] != 0) open_segment(s);
            s.reserved_in[me] = s.open;
            return kFollowing;
          }};
}

Step<State> check_own_segment(Rules rules, Party me) {
  return {"check own segment", [rules, me](State& s) {
            if (!rules.check_own_segment || !is_flushed(s, s.reserved_in[me])) return kFollowing;
            s.is_sealed[s.reserved_in[me]] = 1;
            return go_to("reserve");
          }};
}

// ---- the threads

Thread<State> appender(Rules rules) {
  const auto look_up = [](State& s) {
    s.seen = s.slot;
    const bool is_live = s.seen != kNone && !is_flushed(s, s.segment_of[s.seen]);
    return is_live ? kFollowing : kDone;
  };
  const auto compare = [rules](State& s) {
    const bool is_dead = rules.check_source_late && is_flushed(s, s.segment_of[s.seen]);
    return s.slot == s.seen && !is_dead ? kFollowing : go_to("unlock");
  };
  const auto publish = [](State& s) {
    s.segment_of[kAppended] = s.reserved_in[kAppender];
    s.slot = kAppended;
    return kFollowing;
  };
  return {"appender",
          {{"look up", look_up},
           reserve(kAppender),
           check_own_segment(rules, kAppender),
           lock(),
           {"compare location and source", compare},
           {"publish", publish},
           unlock()}};
}

std::vector<Step<State>> flush(Rules rules) {
  const auto draw = [rules](State& s) {
    s.drawn = s.next_sequence;
    if (rules.one_step) s.flush_sequence = s.drawn, s.sweeping = 1;
    return kFollowing;
  };
  const auto publish = [](State& s) {
    s.flush_sequence = s.drawn;
    s.sweeping = 1;
    return kFollowing;
  };
  std::vector<Step<State>> steps{{"flush", draw}};
  if (!rules.one_step) steps.push_back({"publish the sequence", publish});
  return steps;
}

// A get takes no lock: `sweeping`, slot and sequence are separate loads.
std::vector<Step<State>> get(Rules rules) {
  const Step<State> load_sweeping{"load sweeping", [](State& s) {
                                    s.saw_sweeping = s.sweeping;
                                    return kFollowing;
                                  }};
  const Step<State> load_slot{"load the slot", [](State& s) {
                                s.read = s.slot;
                                return kFollowing;
                              }};
  const auto judge = [](State& s) {
    const bool is_old = s.sequence[s.segment_of[s.read]] < s.flush_sequence;
    if (s.saw_sweeping != 0 && is_old) s.read = kNone;
    s.has_read = 1;
    return kDone;
  };
  return {rules.sweeping_before_slot ? load_sweeping : load_slot,
          rules.sweeping_before_slot ? load_slot : load_sweeping,
          {"judge the item", judge}};
}

std::vector<Step<State>> set(Rules rules) {
  const auto publish = [](State& s) {
    s.segment_of[kSet] = s.reserved_in[kClient];
    s.slot = kSet;
    return kFollowing;
  };
  return {
      reserve(kClient), check_own_segment(rules, kClient), lock(), {"publish", publish}, unlock()};
}

Thread<State> opener() {
  return {"opener", {{"open another segment", [](State& s) {
                        open_segment(s);
                        return kDone;
                      }}}};
}

Thread<State> sweeper(Rules rules) {
  const auto begin = [rules](State& s) {
    if (s.sweeping == 0) return kBlocked;
    if (!rules.clear_after_drain) s.sweeping = 0;
    return kFollowing;
  };
  const auto drain = [](State& s) {
    if (s.sequence[s.segment_of[s.slot]] < s.flush_sequence) s.slot = kNone;
    return kFollowing;
  };
  const auto drained = [](State& s) {
    s.is_locked = 0;
    return kFollowing;
  };
  const auto clear = [](State& s) {
    s.sweeping = 0;
    return kDone;
  };
  return {"sweeper",
          {{"begin to sweep", begin},
           lock(),
           {"drain", drain},
           {"unlock", drained},
           {"clear sweeping", clear}}};
}

// ---- what must hold

Model<State> flush_then(Rules rules, const std::vector<Step<State>>& then) {
  Model<State> model;
  Thread<State> client{"client", flush(rules)};
  client.steps.insert(client.steps.end(), then.begin(), then.end());
  model.threads = {std::move(client), appender(rules), opener(), sweeper(rules)};
  return model;
}

Model<State> flush_and_get(Rules rules = {}) {
  auto model = flush_then(rules, get(rules));
  model.invariant = [](const State& s) {
    return s.has_read != 0 && s.read != kNone ? "a flushed item came back" : nullptr;
  };
  model.verdict = [](const State& s) {
    return s.slot != kNone ? "a flushed item stayed" : nullptr;
  };
  return model;
}

Model<State> flush_and_set(Rules rules = {}) {
  auto model = flush_then(rules, set(rules));
  model.verdict = [](const State& s) {
    const bool is_set = s.slot == kSet || (s.slot == kAppended && s.seen == kSet);
    return is_set ? nullptr : "a set after the flush was lost";
  };
  return model;
}

START_TEST(nothing_flushed_comes_back_in_any_interleaving) { check_holds(flush_and_get()); }
END_TEST

START_TEST(a_set_after_the_flush_survives_in_every_interleaving) { check_holds(flush_and_set()); }
END_TEST

START_TEST(drawing_and_publishing_the_sequence_in_two_steps_revives_items) {
  check_fails(flush_and_get({.one_step = false}), "a flushed item came back");
}
END_TEST

START_TEST(checking_the_source_before_the_reservation_only_revives_items) {
  check_fails(flush_and_get({.check_source_late = false}), "a flushed item came back");
}
END_TEST

START_TEST(a_reservation_left_in_an_old_segment_loses_a_set) {
  check_fails(flush_and_set({.check_own_segment = false}), "a set after the flush was lost");
}
END_TEST

START_TEST(clearing_sweeping_before_the_drain_revives_items) {
  check_fails(flush_and_get({.clear_after_drain = false}), "a flushed item came back");
}
END_TEST

START_TEST(a_get_that_loads_sweeping_after_the_slot_revives_items) {
  check_fails(flush_and_get({.sweeping_before_slot = false}), "a flushed item came back");
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/model/flush", nothing_flushed_comes_back_in_any_interleaving,
              a_set_after_the_flush_survives_in_every_interleaving,
              drawing_and_publishing_the_sequence_in_two_steps_revives_items,
              checking_the_source_before_the_reservation_only_revives_items,
              a_reservation_left_in_an_old_segment_loses_a_set,
              clearing_sweeping_before_the_drain_revives_items,
              a_get_that_loads_sweeping_after_the_slot_revives_items)
