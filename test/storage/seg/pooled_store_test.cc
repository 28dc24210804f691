// A store in a pool's file, from one process to the next, and what damage to the file can do.
#include "storage/seg/pooled_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "base/setup_error.h"
#include "log/log.h"
#include "log/temporary_directory.h"
#include "storage/seg/numbered_items.h"
#include "storage/seg/seg_fixture.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

constexpr int kItems = 60;

class Stage {
 public:
  Stage() {
    pool_.path.set(path());
    store_clock_.refresh();
  }
  [[nodiscard]] std::string path() const { return folder_.path("pool"); }
  FakeTime& time() { return time_; }
  PoolOptions& pool() { return pool_; }

  PooledStore& start() {
    registry_ = std::make_unique<MetricRegistry>();
    pooled_.emplace(seg_, pool_, kThreads,
                    PooledStore::Context{*registry_, time_, log_, std::string_view("0.1.0")});
    store_clock_.refresh();
    return *pooled_;
  }
  // Without a clean stop, unless the store makes one itself.
  void end() { pooled_.reset(); }
  void stop() {
    pooled_->keep();
    pooled_.reset();
  }
  int64_t metric(std::string_view name) { return registry_->read().value(name); }

  void fill() {
    auto access = pooled_->store().access(store_clock_);
    for (int i = 0; i < kItems; ++i) {
      const std::string key = key_of(i);
      const std::string bytes = value_of(i);
      const auto epoch = access.enter();
      Lookup lookup{key};
      access.prepare({&lookup, 1});
      const Value value{.bytes = bytes, .flags = static_cast<uint32_t>(i % 3)};
      ck_assert(access.put(lookup, value, PutMode::kSet) == PutStatus::kStored);
    }
  }
  // How many of the items are not there; those that are have to be right.
  int missing() {
    auto access = pooled_->store().access(store_clock_);
    int count = 0;
    for (int i = 0; i < kItems; ++i) {
      const std::string key = key_of(i);
      const auto epoch = access.enter();
      Lookup lookup{key};
      access.prepare({&lookup, 1});
      const auto item = access.get(lookup);
      if (item) ck_assert(is_right(*item, i));
      count += item ? 0 : 1;
    }
    return count;
  }

 private:
  static constexpr size_t kThreads = 2;

  static bool is_right(const ItemView& item, int i) {
    std::string value;
    while (value.size() < item.value_size()) value += item.value_part(value.size());
    return value == value_of(i) && item.flags() == static_cast<uint32_t>(i % 3);
  }

  const TemporaryDirectory folder_{"/dev/shm"};
  SmallSegOptions seg_{{256 * kKiB}, {2 * kKiB}, {8 * kKiB}};
  PoolOptions pool_;
  FakeTime time_;
  MetricRegistry log_registry_;
  struct LogFile : LogOptions {
    explicit LogFile(const std::string& path) { file.set(path); }
  };
  const LogFile log_options_{folder_.path("log")};
  LogMetrics log_metrics_{log_registry_};
  Log log_{log_options_, log_metrics_, time_};
  Clock store_clock_{time_};
  std::unique_ptr<MetricRegistry> registry_;
  std::optional<PooledStore> pooled_;
};

START_TEST(a_clean_stop_brings_everything_to_the_next_process) {
  Stage stage;
  ck_assert_ptr_nonnull(strstr(stage.start().banner().c_str(), ", empty ("));
  stage.fill();
  stage.stop();
  stage.time().advance_ms(60'000);
  ck_assert_ptr_nonnull(strstr(stage.start().banner().c_str(), "60 items attached in "));
  ck_assert_int_eq(stage.missing(), 0);
  ck_assert_int_eq(stage.metric("seg_attach_item"), kItems);
  stage.stop();
}
END_TEST

START_TEST(a_store_that_is_destroyed_keeps_its_items) {
  Stage stage;
  stage.start();
  stage.fill();
  stage.end();
  for (int starts = 0; starts < 3; ++starts) {
    stage.start();
    stage.end();
  }
  stage.start();
  ck_assert_int_eq(stage.missing(), 0);
}
END_TEST

START_TEST(without_a_pool_nothing_is_kept) {
  Stage stage;
  stage.pool().path.set("");
  ck_assert_text_eq(stage.start().banner().substr(0, 7), "0MiB in");
  stage.fill();
  ck_assert_int_eq(stage.missing(), 0);
  stage.stop();
  stage.start();
  ck_assert_int_eq(stage.missing(), kItems);
}
END_TEST

class Damaged : public Stage {
 public:
  Damaged() {
    start();
    fill();
    stop();
    clean_ = content_of(path());
  }
  [[nodiscard]] const std::string& clean() const { return clean_; }

  // Over a file of this content: a refusal that loses nothing, or a start. False: refused.
  bool start_over(const std::string& content) {
    const int file = ::open(path().c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    const ssize_t written = ::write(file, content.data(), content.size());
    ck_assert_int_eq(written, static_cast<ssize_t>(content.size()));
    ::close(file);
    try {
      start();
      return true;
    } catch (const SetupError& error) {
      ck_assert_int_ne(static_cast<int>(error.code()), 0);
      ck_assert_uint_eq(content_of(path()).size(), content.size());
      return false;
    }
  }

 private:
  std::string clean_;
};

START_TEST(a_bit_that_changes_costs_no_more_than_its_item_or_the_start) {
  Damaged stage;
  stage.pool().on_dirty.set({"refuse"});
  std::mt19937 random(7);
  int refused = 0;
  int lost = 0;
  for (int turn = 0; turn < 1000; ++turn) {
    std::string content = stage.clean();
    const size_t bit = random() % (content.size() * 8);
    content[bit / 8] = static_cast<char>(content[bit / 8] ^ 1 << bit % 8);
    if (!stage.start_over(content)) {
      ++refused;
      continue;
    }
    const int missing = stage.missing();
    ck_assert_int_le(missing, 1);
    lost += missing;
    stage.end();
  }
  ck_assert_int_gt(refused, 10);  // the tables are a small part of the file
  ck_assert_int_gt(lost, 10);
  ck_assert(stage.start_over(stage.clean()));
  ck_assert_int_eq(stage.missing(), 0);
}
END_TEST

START_TEST(a_file_cut_off_is_refused_and_left_as_it_is) {
  Damaged stage;
  for (size_t cut = 0; cut < 50; ++cut) {
    const size_t size = cut == 0 ? 1 : stage.clean().size() * cut / 50;
    ck_assert(!stage.start_over(stage.clean().substr(0, size)));
  }
  ck_assert(stage.start_over(stage.clean()));
  ck_assert_int_eq(stage.missing(), 0);
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/pooled_store", a_clean_stop_brings_everything_to_the_next_process,
              a_store_that_is_destroyed_keeps_its_items, without_a_pool_nothing_is_kept,
              a_bit_that_changes_costs_no_more_than_its_item_or_the_start,
              a_file_cut_off_is_refused_and_left_as_it_is)
