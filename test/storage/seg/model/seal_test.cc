// Model of a segment's way from open to free: reserve, write and publish in one epoch; seal; drain
// one grace period after the seal; reuse one grace period after the drain.
//
// A writer publishes an item, another abandons its reservation, maintenance seals and drains the
// segment at any moment, a reader looks the item up.
#include <array>

#include "storage/seg/model/check_model.h"
#include "storage/seg/model/epochs.h"

namespace {

using namespace pelikan::model;

struct Rules {
  bool grace_after_seal = true;
  bool grace_before_reuse = true;
  bool one_epoch = true;        // reserve, write and publish in the same
  bool close_abandoned = true;  // with a header that says dead
  bool compare_and_swap =
      true;  // the offset moves only if the segment is not sealed; else fetch_add
};

enum Party : uint8_t { kWriter, kQuitter, kReader, kParties };
enum Header : uint8_t { kUnwritten, kLive, kDead };
constexpr uint8_t kCapacity = 2;
constexpr uint8_t kNone = 0;  // an empty slot; else index of the item + 1

struct State {
  Epochs<kParties> epochs;
  uint8_t offset = 0;  // in items
  uint8_t is_sealed = 0;
  std::array<uint8_t, kCapacity + 1> header{};  // one beyond, where an overshooting walker steps
  uint8_t slot = kNone;
  uint8_t is_free = 0;  // the memory may belong to somebody else
  std::array<uint8_t, 2> reserved{};
  uint8_t location = kNone;  // what the reader loaded
  uint8_t walked = 0;
  uint8_t grace = 0;
  uint8_t read_reused = 0;
  uint8_t met_unwritten = 0;
};

Step<State> enter(Party me) {
  return {"enter", [me](State& s) {
            s.epochs.enter(me);
            return kFollowing;
          }};
}

Step<State> leave(Party me) {
  return {"leave", [me](State& s) {
            s.epochs.leave(me);
            return kDone;
          }};
}

Step<State> reserve(Rules rules, Party me) {
  return {"reserve", [rules, me](State& s) {
            const bool fits = s.is_sealed == 0 && s.offset < kCapacity;
            s.reserved[me] = s.offset;
            if (fits || !rules.compare_and_swap) ++s.offset;
            return fits ? kFollowing : go_to("leave");
          }};
}

// A new segment has the memory once this one is free: what is written then lands in somebody else's
// bytes, and a slot that is set then points there.
Thread<State> writer(Rules rules) {
  const auto renew = [rules](State& s) {
    if (!rules.one_epoch) s.epochs.leave(kWriter);
    return kFollowing;
  };
  const auto enter_again = [rules](State& s) {
    if (!rules.one_epoch) s.epochs.enter(kWriter);
    return kFollowing;
  };
  const auto write = [](State& s) {
    s.header[s.reserved[kWriter]] = kLive;
    return kFollowing;
  };
  const auto publish = [](State& s) {
    s.slot = static_cast<uint8_t>(s.reserved[kWriter] + 1);
    return kFollowing;
  };
  return {"writer",
          {enter(kWriter),
           reserve(rules, kWriter),
           {"renew the epoch", renew},
           {"enter again", enter_again},
           {"write", write},
           {"publish", publish},
           leave(kWriter)}};
}

Thread<State> quitter(Rules rules) {
  const auto abandon = [rules](State& s) {
    if (rules.close_abandoned) s.header[s.reserved[kQuitter]] = kDead;
    return kFollowing;
  };
  return {"quitter",
          {enter(kQuitter), reserve(rules, kQuitter), {"abandon", abandon}, leave(kQuitter)}};
}

Thread<State> reader() {
  const auto load = [](State& s) {
    s.location = s.slot;
    return s.location == kNone ? go_to("leave") : kFollowing;
  };
  const auto read = [](State& s) {
    s.read_reused = s.is_free;
    return kFollowing;
  };
  return {"reader",
          {enter(kReader), {"load the slot", load}, {"read the item", read}, leave(kReader)}};
}

Step<State> begin_grace(std::string_view name) {
  return {name, [](State& s) {
            s.grace = s.epochs.begin_grace();
            return kFollowing;
          }};
}

Step<State> wait_for_grace(std::string_view name, bool wait) {
  return {name,
          [wait](State& s) { return !wait || s.epochs.is_over(s.grace) ? kFollowing : kBlocked; }};
}

Thread<State> maintenance(Rules rules) {
  const auto seal = [](State& s) {
    s.is_sealed = 1;
    return kFollowing;
  };
  const auto walk = [](State& s) {
    if (s.walked == s.offset) return kFollowing;
    if (s.header[s.walked] == kUnwritten) s.met_unwritten = 1;
    if (s.slot == s.walked + 1) s.slot = kNone;
    ++s.walked;
    return go_to("drain an item");
  };
  const auto free = [](State& s) {
    s.is_free = 1;
    return kDone;
  };
  return {"maintenance",
          {{"seal", seal},
           begin_grace("draw an epoch"),
           wait_for_grace("wait after the seal", rules.grace_after_seal),
           {"drain an item", walk},
           begin_grace("draw another epoch"),
           wait_for_grace("wait before reuse", rules.grace_before_reuse),
           {"free", free}}};
}

const char* invariant(const State& s) {
  if (s.met_unwritten != 0) return "the drain met unwritten bytes";
  if (s.is_free != 0 && s.slot != kNone) return "a slot points into a free segment";
  if (s.read_reused != 0) return "a reader saw reused memory";
  return nullptr;
}

Model<State> segment(Rules rules = {}) {
  Model<State> model;
  model.threads = {writer(rules), quitter(rules), reader(), maintenance(rules)};
  model.invariant = invariant;
  return model;
}

START_TEST(a_segment_is_sealed_drained_and_freed_safely_in_every_interleaving) {
  check_holds(segment());
}
END_TEST

START_TEST(draining_right_after_the_seal_fails) {
  check_fails(segment({.grace_after_seal = false}), "the drain met unwritten bytes");
  check_fails(segment({.grace_after_seal = false}), "a slot points into a free segment");
}
END_TEST

START_TEST(freeing_right_after_the_drain_fails) {
  check_fails(segment({.grace_before_reuse = false}), "a reader saw reused memory");
}
END_TEST

START_TEST(a_reservation_that_outlives_its_epoch_fails) {
  check_fails(segment({.one_epoch = false}), "a slot points into a free segment");
}
END_TEST

START_TEST(an_abandoned_reservation_without_a_header_stops_the_drain) {
  check_fails(segment({.close_abandoned = false}), "the drain met unwritten bytes");
}
END_TEST

START_TEST(a_fetch_add_reservation_moves_the_end_of_a_sealed_segment) {
  check_fails(segment({.compare_and_swap = false}), "the drain met unwritten bytes");
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/model/seal",
              a_segment_is_sealed_drained_and_freed_safely_in_every_interleaving,
              draining_right_after_the_seal_fails, freeing_right_after_the_drain_fails,
              a_reservation_that_outlives_its_epoch_fails,
              an_abandoned_reservation_without_a_header_stops_the_drain,
              a_fetch_add_reservation_moves_the_end_of_a_sealed_segment)
