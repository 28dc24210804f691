// Model of a bucket's split in linear hashing: the key's home is bucket 0 before and bucket 1
// after.
//
// The bucket count is only a hint. Word 0 of a bucket (lock, level, version) says whether a key of
// it moved on. A get takes no lock: it reads word 0, the slot, and after a miss word 0 again. A
// setter overwrites meanwhile.
#include <array>

#include "storage/seg/model/check_model.h"

namespace {

using namespace pelikan::model;

struct Rules {
  bool get_checks_level = true;
  bool get_checks_again = true;  // word 0, after a miss
  bool set_checks_level = true;  // under the lock
  bool build_first = true;       // the target, before the source's word 0 sends readers there
  bool clear_last = true;        // the source's slot, after its word 0
  bool lock = true;              // the splitter holds the source's lock
};

constexpr uint8_t kNone = 0;
struct Bucket {
  uint8_t slot = kNone;
  uint8_t is_locked = 0;
  uint8_t level =
      0;  // stands for word 0 as a whole: a split changes level and version in one store
};
struct State {
  std::array<Bucket, 2> bucket{Bucket{1, 0, 0}, Bucket{}};
  uint8_t count = 1;
  uint8_t set_in = 0;      // the setter's bucket
  uint8_t get_in = 0;      // the reader's
  uint8_t seen_level = 0;  // the reader's
  uint8_t missed = 0;
};

uint8_t hinted(const State& s) { return static_cast<uint8_t>(s.count - 1); }
bool moved_on(const State& s, uint8_t bucket) { return bucket == 0 && s.bucket[0].level != 0; }

Thread<State> splitter(Rules rules) {
  const Step<State> build{"build the target", [](State& s) {
                            s.bucket[1] = {s.bucket[0].slot, 0, 1};
                            return kFollowing;
                          }};
  const Step<State> raise{"raise the level", [](State& s) {
                            s.bucket[0].level = 1;
                            return kFollowing;
                          }};
  const Step<State> clear{"clear the source", [](State& s) {
                            s.bucket[0].slot = kNone;
                            return kFollowing;
                          }};
  std::vector<Step<State>> steps{{"lock", [rules](State& s) {
                                    if (!rules.lock) return kFollowing;
                                    if (s.bucket[0].is_locked != 0) return kBlocked;
                                    s.bucket[0].is_locked = 1;
                                    return kFollowing;
                                  }}};
  if (!rules.build_first) {
    steps.insert(steps.end(), {raise, build, clear});
  } else if (!rules.clear_last) {
    steps.insert(steps.end(), {build, clear, raise});
  } else {
    steps.insert(steps.end(), {build, raise, clear});
  }
  steps.push_back({"unlock", [rules](State& s) {
                     if (rules.lock) s.bucket[0].is_locked = 0;
                     return kFollowing;
                   }});
  steps.push_back({"publish the count", [](State& s) {
                     s.count = 2;
                     return kDone;
                   }});
  return {"splitter", std::move(steps)};
}

Thread<State> setter(Rules rules) {
  const auto choose = [](State& s) {
    s.set_in = hinted(s);
    return kFollowing;
  };
  const auto lock = [](State& s) {
    if (s.bucket[s.set_in].is_locked != 0) return kBlocked;
    s.bucket[s.set_in].is_locked = 1;
    return kFollowing;
  };
  const auto check = [rules](State& s) {
    if (!rules.set_checks_level || !moved_on(s, s.set_in)) return kFollowing;
    s.bucket[s.set_in].is_locked = 0;
    s.set_in = 1;
    return go_to("lock");
  };
  const auto publish = [](State& s) {
    s.bucket[s.set_in].slot = 2;
    return kFollowing;
  };
  const auto unlock = [](State& s) {
    s.bucket[s.set_in].is_locked = 0;
    return kDone;
  };
  return {"setter",
          {{"load the count", choose},
           {"lock", lock},
           {"check the level", check},
           {"publish", publish},
           {"unlock", unlock}}};
}

Thread<State> reader(Rules rules) {
  const auto choose = [](State& s) {
    s.get_in = hinted(s);
    return kFollowing;
  };
  const auto load_level = [rules](State& s) {
    s.seen_level = s.bucket[s.get_in].level;
    if (!rules.get_checks_level || !moved_on(s, s.get_in)) return kFollowing;
    s.get_in = 1;
    return go_to("load word 0");
  };
  const auto load_slot = [](State& s) {
    return s.bucket[s.get_in].slot != kNone ? kDone : kFollowing;
  };
  const auto check_again = [rules](State& s) {
    const bool changed = s.bucket[s.get_in].level != s.seen_level;
    if (rules.get_checks_again && changed) return go_to("load word 0");
    s.missed = 1;
    return kDone;
  };
  return {"reader",
          {{"load the count", choose},
           {"load word 0", load_level},
           {"load the slot", load_slot},
           {"load word 0 again", check_again}}};
}

Model<State> split(Rules rules = {}) {
  Model<State> model;
  model.threads = {splitter(rules), setter(rules), reader(rules)};
  model.invariant = [](const State& s) {
    return s.missed != 0 ? "a key that is there was missed" : nullptr;
  };
  model.verdict = [](const State& s) {
    return s.bucket[1].slot == 2 && s.bucket[0].slot == kNone ? nullptr : "a set was lost";
  };
  return model;
}

START_TEST(a_split_hides_no_key_and_loses_no_set_in_any_interleaving) { check_holds(split()); }
END_TEST

START_TEST(a_get_that_ignores_the_level_misses) {
  check_fails(split({.get_checks_level = false}), "a key that is there was missed");
}
END_TEST

START_TEST(a_get_that_does_not_look_at_word_0_again_misses) {
  check_fails(split({.get_checks_again = false}), "a key that is there was missed");
}
END_TEST

START_TEST(a_set_that_ignores_the_level_is_lost) {
  check_fails(split({.set_checks_level = false}), "a set was lost");
}
END_TEST

START_TEST(a_split_without_the_lock_loses_a_set) {
  check_fails(split({.lock = false}), "a set was lost");
}
END_TEST

START_TEST(sending_readers_to_a_target_that_is_not_built_makes_them_miss) {
  check_fails(split({.build_first = false}), "a key that is there was missed");
}
END_TEST

START_TEST(clearing_the_source_before_its_word_0_makes_readers_miss) {
  check_fails(split({.clear_last = false}), "a key that is there was missed");
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/model/split", a_split_hides_no_key_and_loses_no_set_in_any_interleaving,
              a_get_that_ignores_the_level_misses, a_get_that_does_not_look_at_word_0_again_misses,
              a_set_that_ignores_the_level_is_lost, a_split_without_the_lock_loses_a_set,
              sending_readers_to_a_target_that_is_not_built_makes_them_miss,
              clearing_the_source_before_its_word_0_makes_readers_miss)
