// Model of waiting for memory: two workers need a segment each, maintenance drains victims and
// frees each one grace period later. Whoever waits for a segment must have left its epoch, or the
// grace period waits for it.
#include <array>

#include "storage/seg/model/check_model.h"
#include "storage/seg/model/epochs.h"

namespace {

using namespace pelikan::model;

struct Rules {
  bool wait_outside_epoch = true;
};

enum Party : uint8_t { kFirst, kSecond, kParties };

struct State {
  Epochs<kParties> epochs;
  uint8_t free = 0;
  uint8_t victims = 2;
  uint8_t grace = 0;
};

Thread<State> worker(Rules rules, Party me) {
  const auto enter = [me](State& s) {
    s.epochs.enter(me);
    return kFollowing;
  };
  const auto take = [me](State& s) {
    if (s.free == 0) return kFollowing;
    --s.free;
    s.epochs.leave(me);
    return kDone;
  };
  const auto leave = [rules, me](State& s) {
    if (rules.wait_outside_epoch) s.epochs.leave(me);
    return kFollowing;
  };
  const auto wait = [](State& s) { return s.free == 0 ? kBlocked : go_to("enter"); };
  return {me == kFirst ? "first worker" : "second worker",
          {{"enter", enter}, {"take a segment", take}, {"leave", leave}, {"wait", wait}}};
}

Thread<State> maintenance() {
  const auto drain = [](State& s) {
    if (s.victims == 0) return kDone;
    --s.victims;
    s.grace = s.epochs.begin_grace();
    return kFollowing;
  };
  const auto free = [](State& s) {
    if (!s.epochs.is_over(s.grace)) return kBlocked;
    ++s.free;
    return go_to("drain");
  };
  return {"maintenance", {{"drain", drain}, {"free", free}}};
}

Model<State> short_memory(Rules rules = {}) {
  Model<State> model;
  model.threads = {worker(rules, kFirst), worker(rules, kSecond), maintenance()};
  return model;
}

START_TEST(workers_that_wait_outside_their_epochs_all_get_memory) { check_holds(short_memory()); }
END_TEST

START_TEST(waiting_inside_an_epoch_is_a_deadlock) {
  check_fails(short_memory({.wait_outside_epoch = false}), "deadlock");
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/model/memory", workers_that_wait_outside_their_epochs_all_get_memory,
              waiting_inside_an_epoch_is_a_deadlock)
