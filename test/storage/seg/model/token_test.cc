// Model of what reads an item, computes and writes it anew: cas, incr, append. And of the cas
// tokens.
//
// A token is where the item was written: open sequence of its segment, then offset. Several
// segments are open at once, so a later write may have a lower address; it then stores an explicit
// token, one above the former.
#include <algorithm>
#include <array>

#include "storage/seg/model/check_model.h"

namespace {

using namespace pelikan::model;

struct Rules {
  bool compare_location =
      true;                    // under the lock, before publishing what was computed from the item
  bool compare_token = true;   // cas: under the lock; else at the look-up only
  bool explicit_token = true;  // where the own one would not be above the former
};

enum Party : uint8_t { kFirst, kSecond, kParties };

struct Writer {
  uint8_t seen_token = 0;
  uint8_t seen_number = 0;
  uint8_t succeeded = 0;
};
// One key, always there. A token names one written item, so it serves as the location too.
struct State {
  uint8_t token = 1;
  uint8_t number = 0;
  uint8_t is_locked = 0;
  uint8_t token_fell = 0;
  std::array<Writer, kParties> writer{};
};

Step<State> look_up(Party me) {
  return {"look up", [me](State& s) {
            s.writer[me].seen_token = s.token;
            s.writer[me].seen_number = s.number;
            return kFollowing;
          }};
}

const Step<State> kLock{"lock", [](State& s) {
                          if (s.is_locked != 0) return kBlocked;
                          s.is_locked = 1;
                          return kFollowing;
                        }};
const Step<State> kUnlock{"unlock", [](State& s) {
                            s.is_locked = 0;
                            return kDone;
                          }};

void publish(State& s, Rules rules, uint8_t own_token, uint8_t number) {
  const uint8_t token = rules.explicit_token
                            ? std::max<uint8_t>(own_token, static_cast<uint8_t>(s.token + 1))
                            : own_token;
  if (token <= s.token) s.token_fell = 1;
  s.token = token;
  s.number = number;
}

// Stores number + amount; from the look-up again if the item changed meanwhile.
Thread<State> adder(Rules rules, Party me, uint8_t own_token, uint8_t amount) {
  const auto compare = [rules, me](State& s) {
    if (!rules.compare_location || s.token == s.writer[me].seen_token) return kFollowing;
    s.is_locked = 0;
    return go_to("look up");
  };
  const auto store = [rules, me, own_token, amount](State& s) {
    publish(s, rules, own_token, static_cast<uint8_t>(s.writer[me].seen_number + amount));
    return kFollowing;
  };
  return {me == kFirst ? "first incr" : "second incr",
          {look_up(me), kLock, {"compare the location", compare}, {"publish", store}, kUnlock}};
}

// gets, then cas with that token: stores number + 1 or answers that it changed.
Thread<State> swapper(Rules rules, Party me, uint8_t own_token) {
  const auto compare = [rules, me](State& s) {
    if (!rules.compare_token || s.token == s.writer[me].seen_token) return kFollowing;
    return go_to("unlock");
  };
  const auto store = [rules, me, own_token](State& s) {
    s.writer[me].succeeded = 1;
    publish(s, rules, own_token, static_cast<uint8_t>(s.writer[me].seen_number + 1));
    return kFollowing;
  };
  return {me == kFirst ? "first cas" : "second cas",
          {look_up(me), kLock, {"compare the token", compare}, {"publish", store}, kUnlock}};
}

const char* tokens_grow(const State& s) {
  return s.token_fell != 0 ? "a key's token did not grow" : nullptr;
}

// The first writer's segment was opened later: its address is the higher one.
constexpr uint8_t kHigh = 20;
constexpr uint8_t kLow = 10;

Model<State> two_incr(Rules rules = {}) {
  Model<State> model;
  model.threads = {adder(rules, kFirst, kHigh, 1), adder(rules, kSecond, kLow, 2)};
  model.invariant = tokens_grow;
  model.verdict = [](const State& s) { return s.number == 3 ? nullptr : "an increment was lost"; };
  return model;
}

Model<State> two_cas(Rules rules = {}) {
  Model<State> model;
  model.threads = {swapper(rules, kFirst, kHigh), swapper(rules, kSecond, kLow)};
  model.invariant = tokens_grow;
  model.verdict = [](const State& s) {
    const int successes = s.writer[kFirst].succeeded + s.writer[kSecond].succeeded;
    return s.number == successes ? nullptr : "a cas overwrote what it had not seen";
  };
  return model;
}

START_TEST(increments_and_cas_lose_nothing_and_tokens_grow_in_every_interleaving) {
  check_holds(two_incr());
  check_holds(two_cas());
}
END_TEST

START_TEST(publishing_without_comparing_the_location_loses_increments) {
  check_fails(two_incr({.compare_location = false}), "an increment was lost");
}
END_TEST

START_TEST(comparing_the_token_before_the_lock_only_lets_two_cas_succeed) {
  check_fails(two_cas({.compare_token = false}), "a cas overwrote what it had not seen");
}
END_TEST

START_TEST(the_address_alone_is_no_growing_token) {
  check_fails(two_incr({.explicit_token = false}), "a key's token did not grow");
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/model/token",
              increments_and_cas_lose_nothing_and_tokens_grow_in_every_interleaving,
              publishing_without_comparing_the_location_loses_increments,
              comparing_the_token_before_the_lock_only_lets_two_cas_succeed,
              the_address_alone_is_no_growing_token)
