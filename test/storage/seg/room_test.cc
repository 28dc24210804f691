// Making room while another thread holds the memory, because it lost its processor inside an epoch.
// Time passes as it is looked at.
#include <cstdint>
#include <optional>
#include <string>

#include "storage/seg/seg_fixture.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

constexpr int64_t kForever = INT64_MAX;

// Every look at the precise clock takes a millisecond.
class PassingTime final : public TimeSource {
 public:
  [[nodiscard]] int64_t boot_ms() const noexcept override { return now_ms_; }
  [[nodiscard]] int64_t unix_ms() const noexcept override { return now_ms_; }
  [[nodiscard]] int64_t precise_ns() const noexcept override {
    if (++now_ms_ == return_ms_) absent_.reset();
    return now_ms_ * 1'000'000;
  }

  // Another thread enters its epoch now and comes back after `ms`.
  void take_away(SegStore::Access& thread, int64_t ms) {
    absent_.emplace(thread.enter());
    return_ms_ = ms == kForever ? kForever : now_ms_ + ms;
  }
  void bring_back() { absent_.reset(); }

 private:
  mutable int64_t now_ms_ = 1'000'000;
  mutable std::optional<SegStore::Access::Epoch> absent_;
  int64_t return_ms_ = kForever;
};

class Stage {
 public:
  ~Stage() { time.bring_back(); }
  // Writes until no segment is free.
  void use_up_memory() {
    while (put() != PutStatus::kNoMemory) ck_assert(++number_ < 10'000);
  }
  PutStatus put() {
    const std::string key = "key:" + std::to_string(number_);
    const auto epoch = writer.enter();
    Lookup lookup{key};
    writer.prepare({&lookup, 1});
    return writer.put(lookup, {std::string_view(bytes_)}, PutMode::kSet);
  }
  // What make_room() says; `took_ms` of the clock.
  bool make_room() {
    const int64_t begin_ms = time.boot_ms();
    const bool has_room = writer.make_room();
    took_ms = time.boot_ms() - begin_ms;
    return has_room;
  }

  const SmallSegOptions options{Bytes{256 * kKiB}, Bytes{2 * kKiB}, Bytes{8 * kKiB}};
  PassingTime time;
  MetricRegistry registry;
  SegStore segments{options, 2, time, registry};
  Clock clock{time};
  SegStore::Access writer{segments.access(clock)};
  SegStore::Access other{segments.access(clock)};
  int64_t took_ms = 0;

 private:
  const std::string bytes_ = std::string(100, 'x');
  int number_ = 0;
};

START_TEST(room_is_made_at_once_when_nobody_holds_the_memory) {
  Stage stage;
  stage.use_up_memory();
  ck_assert(stage.make_room());
  ck_assert_int_lt(stage.took_ms, 5);
  ck_assert(stage.put() == PutStatus::kStored);
}
END_TEST

START_TEST(a_thread_held_back_in_its_epoch_is_waited_for) {
  Stage stage;
  stage.time.take_away(stage.other, 50);
  stage.use_up_memory();
  ck_assert(stage.make_room());
  ck_assert_int_ge(stage.took_ms, 49);
  ck_assert(stage.put() == PutStatus::kStored);
}
END_TEST

START_TEST(a_thread_that_stays_away_costs_one_long_wait) {
  Stage stage;
  stage.time.take_away(stage.other, kForever);
  stage.use_up_memory();
  ck_assert(!stage.make_room());
  ck_assert_int_ge(stage.took_ms, 100);
  ck_assert_int_lt(stage.took_ms, 105);
  for (int i = 0; i < 10; ++i) {
    ck_assert(stage.put() == PutStatus::kNoMemory);
    ck_assert(!stage.make_room());
    ck_assert_int_lt(stage.took_ms, 5);
  }
}
END_TEST

START_TEST(patience_comes_back_with_the_memory) {
  Stage stage;
  stage.time.take_away(stage.other, kForever);
  stage.use_up_memory();
  ck_assert(!stage.make_room());
  stage.time.bring_back();
  ck_assert(stage.make_room());
  ck_assert(stage.put() == PutStatus::kStored);
  stage.time.take_away(stage.other, 50);
  stage.use_up_memory();
  ck_assert(stage.make_room());
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/room", room_is_made_at_once_when_nobody_holds_the_memory,
              a_thread_held_back_in_its_epoch_is_waited_for,
              a_thread_that_stays_away_costs_one_long_wait, patience_comes_back_with_the_memory)
