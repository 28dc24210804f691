// Model of entering and leaving an epoch and of the grace period, down to the memory order.
//
// A reader announces the global epoch in its line, loads a slot and reads the item behind it. The
// reclaimer unlinks the item, draws the next epoch and waits until the reader's line is 0 or not
// older; then it reuses the memory. The danger is a reader that is not seen although it still sees
// the slot.
#include "storage/seg/model/weak_memory.h"

#include "storage/seg/model/check_model.h"

namespace {

using namespace pelikan::model;

struct Rules {
  bool exchange_on_entering = true;  // else: a plain store
  bool modify_to_scan = true;  // the reclaimer reads lines by read-modify-write, else by plain load
  bool draw_after_unlink = true;  // else: the epoch is drawn first
  bool wait_for_grace = true;
  bool read_before_leaving = true;  // else: the view outlives the epoch
};

enum Cell : uint8_t { kGlobal, kLine, kSlot };
enum Party : uint8_t { kReader, kReclaimer };
constexpr uint8_t kEmpty = 0;
constexpr uint8_t kItem = 1;

template <MemoryOrder kOrder>
struct State {
  WeakMemory<3, 2, kOrder> memory;
  uint8_t epoch = 0;     // the reader's: what it loaded from the global one
  uint8_t location = 0;  // the reader's: what it loaded from the slot
  uint8_t batches = 0;   // the reader's, done so far
  uint8_t grace = 0;     // the reclaimer's: the epoch it drew
  uint8_t reused = 0;    // the item's memory belongs to somebody else
  uint8_t saw_reused = 0;
};

template <class S>
Thread<S> reader(Rules rules) {
  const auto announce = [rules](S& s) {
    if (!rules.exchange_on_entering) {
      s.memory.store(kReader, kLine, s.epoch);
      return kFollowing;
    }
    const uint8_t epoch = s.epoch;
    return s.memory.modify(kReader, kLine, [epoch](uint8_t) { return epoch; }) ? kFollowing
                                                                               : kBlocked;
  };
  const Step<S> read_item{"read the item", [](S& s) {
                            s.saw_reused |=
                                static_cast<uint8_t>(s.location == kItem && s.reused != 0);
                            return kFollowing;
                          }};
  const Step<S> leave{"leave", [](S& s) {
                        s.memory.store(kReader, kLine, 0);
                        return kFollowing;
                      }};
  return {"reader",
          {{"load the epoch",
            [](S& s) {
              s.epoch = s.memory.load(kReader, kGlobal);
              return kFollowing;
            }},
           {"announce it", announce},
           {"load the slot",
            [](S& s) {
              s.location = s.memory.load(kReader, kSlot);
              return kFollowing;
            }},
           rules.read_before_leaving ? read_item : leave,
           rules.read_before_leaving ? leave : read_item,
           {"next batch", [](S& s) { return ++s.batches < 2 ? go_to("load the epoch") : kDone; }}}};
}

template <class S>
Thread<S> reclaimer(Rules rules) {
  const Step<S> unlink{"unlink", [](S& s) {
                         s.memory.store(kReclaimer, kSlot, kEmpty);
                         return kFollowing;
                       }};
  const Step<S> draw{"draw the epoch", [](S& s) {
                       const auto old = s.memory.modify(kReclaimer, kGlobal, [](uint8_t e) {
                         return static_cast<uint8_t>(e + 1);
                       });
                       if (!old) return kBlocked;
                       s.grace = static_cast<uint8_t>(*old + 1);
                       return kFollowing;
                     }};
  const auto scan = [rules](S& s) {
    if (!rules.wait_for_grace) return kFollowing;
    auto line = std::optional<uint8_t>(s.memory.load(kReclaimer, kLine));
    if (rules.modify_to_scan) {
      line = s.memory.modify(kReclaimer, kLine, [](uint8_t same) { return same; });
      if (!line) return kBlocked;
    }
    const bool is_over = *line == 0 || *line >= s.grace;
    if (is_over) return kFollowing;
    return rules.modify_to_scan ? go_to("read the line") : kBlocked;
  };
  return {"reclaimer",
          {rules.draw_after_unlink ? unlink : draw,
           rules.draw_after_unlink ? draw : unlink,
           {"read the line", scan},
           {"reuse the memory", [](S& s) {
              s.reused = 1;
              return kDone;
            }}}};
}

template <MemoryOrder kOrder>
Model<State<kOrder>> epochs(Rules rules = {}) {
  using S = State<kOrder>;
  Model<S> model;
  model.start.memory.store(kReader, kGlobal, 1);
  model.start.memory.store(kReader, kSlot, kItem);
  while (model.start.memory.drain(kReader)) continue;
  model.threads = {reader<S>(rules), reclaimer<S>(rules),
                   store_buffer_of<S>("reader's buffer", kReader),
                   store_buffer_of<S>("reclaimer's buffer", kReclaimer)};
  model.invariant = [](const S& s) {
    return s.saw_reused != 0 ? "a reader saw reused memory" : nullptr;
  };
  return model;
}

constexpr auto kWeak = MemoryOrder::kAcquireRelease;
constexpr auto kX86 = MemoryOrder::kTotalStoreOrder;

START_TEST(no_reader_sees_reused_memory) {
  check_holds(epochs<kWeak>());
  check_holds(epochs<kX86>());
}
END_TEST

START_TEST(scanning_the_lines_by_plain_loads_is_enough_on_x86_only) {
  check_holds(epochs<kX86>({.modify_to_scan = false}));
  check_fails(epochs<kWeak>({.modify_to_scan = false}), "a reader saw reused memory");
}
END_TEST

START_TEST(entering_by_a_plain_store_fails_even_on_x86) {
  check_fails(epochs<kX86>({.exchange_on_entering = false}), "a reader saw reused memory");
}
END_TEST

START_TEST(drawing_the_epoch_before_the_unlink_fails) {
  check_fails(epochs<kX86>({.draw_after_unlink = false}), "a reader saw reused memory");
}
END_TEST

START_TEST(reuse_without_a_grace_period_fails) {
  check_fails(epochs<kX86>({.wait_for_grace = false}), "a reader saw reused memory");
}
END_TEST

START_TEST(a_view_that_outlives_its_epoch_fails) {
  check_fails(epochs<kX86>({.read_before_leaving = false}), "a reader saw reused memory");
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/model/epoch", no_reader_sees_reused_memory,
              scanning_the_lines_by_plain_loads_is_enough_on_x86_only,
              entering_by_a_plain_store_fails_even_on_x86,
              drawing_the_epoch_before_the_unlink_fails, reuse_without_a_grace_period_fails,
              a_view_that_outlives_its_epoch_fails)
