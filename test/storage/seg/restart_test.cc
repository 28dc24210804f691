// A store that is stopped and goes on in another process over the same heap.
#include <map>
#include <set>
#include <string>

#include "storage/seg/restart_stage.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

std::string key_of(int i) { return "key " + std::to_string(i); }

// Values of all sizes: none, short, half a segment, and large ones of several segments.
std::string value_of(int i) {
  const size_t size = i % 17 == 0 ? 5000 : static_cast<size_t>(i * i % 700);
  std::string value;
  for (size_t at = 0; at < size; ++at) value += static_cast<char>('a' + (at * 7 + i) % 26);
  return value;
}

class Stage : public RestartStage {
 public:
  static constexpr int kItems = 60;

  Stage() = default;
  explicit Stage(HeapCopy copy) : RestartStage(copy) {}
  // Some of them written twice, some deleted again, with flags and a token here and there.
  void fill() {
    for (int i = 0; i < kItems; ++i) {
      const std::string value = value_of(i);
      if (i % 5 == 0) put(key_of(i), {"an older value"});
      WriteTerms terms;
      if (i % 7 == 0) terms.new_cas = 1000 + i;
      ck_assert(put(key_of(i), {.bytes = value, .flags = static_cast<uint32_t>(i % 3)}, terms));
      if (i % 11 == 0) ck_assert(erase(key_of(i)));
    }
  }
  static bool is_there(int i) { return i % 11 != 0; }
  static std::string expected(int i) { return std::to_string(i % 3) + ":" + value_of(i); }
  void check_all() {
    for (int i = 0; i < kItems; ++i) {
      const auto found = get(key_of(i));
      ck_assert_int_eq(found.has_value(), is_there(i));
      if (found) ck_assert_text_eq(*found, expected(i));
    }
  }
  // Writes until everything that was there is gone.
  void churn() {
    for (int i = 0; i < 2000; ++i) {
      (void)put("churn " + std::to_string(i), {value_of(i)});
      if (i % 50 == 0) maintain();
    }
  }
};

START_TEST(everything_is_there_after_a_restart) {
  Stage stage;
  stage.fill();
  const int64_t items = stage.metric("seg_item_live");
  const int64_t live = stage.metric("seg_live_byte");
  stage.restart(1000);
  ck_assert_int_eq(stage.metric("seg_attach_item"), items);
  ck_assert_int_eq(stage.metric("seg_attach_lost"), 0);
  ck_assert_uint_eq(*stage.attached(), static_cast<size_t>(items));
  ck_assert_int_eq(stage.metric("seg_item_live"), items);
  ck_assert_int_eq(stage.metric("seg_item_kept"), items);
  ck_assert_int_eq(stage.metric("seg_live_byte"), live);
  stage.check();
  stage.check_all();
  ck_assert_int_eq(stage.metric("seg_item_kept"), 0);
  ck_assert_int_eq(stage.metric("seg_item_corrupt"), 0);
  stage.check();
  stage.check_all();
}
END_TEST

// As persistent memory is written: any memory can be.
START_TEST(what_goes_past_the_cache_is_the_same) {
  Stage stage{HeapCopy(true)};
  stage.fill();
  stage.check_all();
  stage.check();
  stage.restart();
  stage.check();
  stage.check_all();
  ck_assert_int_eq(stage.metric("seg_item_corrupt"), 0);
  for (int i = 0; i < Stage::kItems; i += 2) {
    if (Stage::is_there(i)) ck_assert(stage.put(key_of(i), {"1"}, {.mode = PutMode::kReplace}));
  }
  stage.put("touched", {.bytes = "v", .expiry = stage.in_ms(5'000)}, {.exact_expiry = true});
  stage.with("touched", [&](const Lookup& lookup) {
    ck_assert(stage.store().expire(lookup, stage.in_ms(500'000), {}) == ExpireStatus::kDone);
  });
  stage.with(key_of(2), [&](const Lookup& lookup) {
    ck_assert_uint_eq(stage.store().arithmetic(lookup, 2, ArithmeticMode::kIncrement).number, 3);
    ck_assert(stage.store().join(lookup, "4", JoinMode::kAppend) == PutStatus::kStored);
  });
  stage.churn();
  stage.check();
  stage.put("last", {.bytes = "word", .flags = 9});
  stage.restart();
  ck_assert_text_eq(*stage.get("last"), "9:word");
  ck_assert_int_eq(stage.metric("seg_item_corrupt"), 0);
  stage.check();
}
END_TEST

START_TEST(what_was_not_read_survives_the_next_restart_too) {
  Stage stage;
  stage.fill();
  stage.restart();
  for (int i = 0; i < Stage::kItems; i += 2) (void)stage.get(key_of(i));
  for (int restarts = 0; restarts < 3; ++restarts) stage.restart();
  stage.check();
  stage.check_all();
}
END_TEST

START_TEST(a_store_that_was_killed_begins_empty) {
  Stage stage;
  stage.fill();
  stage.kill();
  stage.start();
  ck_assert(!stage.attached());
  ck_assert_int_eq(stage.metric("seg_item_live"), 0);
  for (int i = 0; i < Stage::kItems; ++i) ck_assert(!stage.get(key_of(i)));
  stage.fill();
  stage.check_all();
  stage.check();
}
END_TEST

START_TEST(what_came_with_the_pool_is_written_over_and_deleted_as_if_it_had_been_there) {
  Stage stage;
  stage.fill();
  stage.restart();
  for (int i = 0; i < Stage::kItems; i += 2) ck_assert(stage.put(key_of(i), {"new"}));
  for (int i = 1; i < Stage::kItems; i += 4)
    ck_assert_int_eq(stage.erase(key_of(i)), Stage::is_there(i));
  stage.check();
  stage.restart();
  for (int i = 0; i < Stage::kItems; ++i) {
    const auto found = stage.get(key_of(i));
    if (i % 2 == 0) {
      ck_assert_text_eq(*found, "0:new");
    } else {
      ck_assert_int_eq(found.has_value(), i % 4 == 3 && Stage::is_there(i));
    }
  }
  stage.check();
}
END_TEST

START_TEST(an_add_meets_what_came_with_the_pool) {
  Stage stage;
  stage.put("k", {"5"});
  stage.restart();
  ck_assert(!stage.put("k", {"6"}, {.mode = PutMode::kAdd}));
  stage.restart();
  stage.with("k", [&](const Lookup& lookup) {
    ck_assert_uint_eq(stage.store().arithmetic(lookup, 2, ArithmeticMode::kIncrement).number, 7);
  });
  stage.restart();
  stage.with("k", [&](const Lookup& lookup) {
    ck_assert(stage.store().join(lookup, "1", JoinMode::kAppend) == PutStatus::kStored);
  });
  ck_assert_text_eq(*stage.get("k"), "0:71");
  stage.check();
}
END_TEST

START_TEST(a_scan_sees_what_came_with_the_pool) {
  Stage stage;
  stage.fill();
  stage.restart();
  std::set<std::string> keys;
  const auto epoch = stage.store().enter();
  uint64_t cursor = 0;
  do {
    cursor = stage.store().scan(cursor, 8, [&](const ItemView& item, int64_t /*used_ms*/) {
      keys.insert(std::string(item.key()));
      return true;
    });
  } while (cursor != 0);
  for (int i = 0; i < Stage::kItems; ++i) {
    ck_assert_int_eq(keys.contains(key_of(i)), Stage::is_there(i));
  }
}
END_TEST

START_TEST(time_to_live_goes_on_to_the_millisecond) {
  Stage stage;
  stage.put("exact", {.bytes = "v", .expiry = stage.in_ms(10'001)}, {.exact_expiry = true});
  stage.put("tick", {.bytes = "v", .expiry = stage.in_ms(10'000)});
  stage.put("past", {.bytes = "v", .expiry = stage.in_ms(3'000)});
  stage.put("never", {"v"});
  stage.restart(4'000);
  ck_assert(!stage.get("past"));
  stage.advance_ms(5'999);
  ck_assert(stage.get("tick") && stage.get("exact"));
  stage.advance_ms(1);
  ck_assert(!stage.get("tick"));
  ck_assert(stage.get("exact"));
  stage.restart();
  ck_assert(stage.get("exact"));
  stage.advance_ms(1);
  ck_assert(!stage.get("exact"));
  ck_assert(stage.get("never"));
  stage.check();
}
END_TEST

START_TEST(what_expired_meanwhile_gives_its_memory_back_unread) {
  Stage stage;
  for (int i = 0; i < 40; ++i)
    stage.put(key_of(i), {.bytes = value_of(i), .expiry = stage.in_ms(5'000)});
  stage.restart(60'000);
  stage.maintain();
  stage.maintain();
  ck_assert_int_eq(stage.metric("seg_item_live"), 0);
  ck_assert_int_eq(stage.metric("seg_item_kept"), 0);
  ck_assert_int_eq(stage.metric("seg_segment_free"), stage.metric("seg_segment_total"));
  stage.check();
}
END_TEST

START_TEST(what_is_evicted_unread_leaves_nothing_behind) {
  Stage stage;
  stage.fill();
  stage.restart();
  stage.churn();
  ck_assert_int_eq(stage.metric("seg_item_kept"), 0);
  ck_assert_int_eq(stage.metric("seg_item_corrupt"), 0);
  ck_assert_int_gt(stage.metric("seg_evict_item"), 0);
  for (int i = 0; i < Stage::kItems; ++i) ck_assert(!stage.get(key_of(i)));
  stage.check();
}
END_TEST

START_TEST(cas_tokens_stay_and_never_repeat) {
  Stage stage;
  std::map<std::string, uint64_t> tokens;
  std::set<uint64_t> seen;
  stage.fill();
  for (int i = 0; i < Stage::kItems; ++i) {
    if (const auto token = stage.cas(key_of(i))) tokens[key_of(i)] = *token;
  }
  for (const auto& [key, token] : tokens) seen.insert(token);
  stage.restart();
  for (const auto& [key, token] : tokens) {
    ck_assert_uint_eq(*stage.cas(key), token);
    ck_assert(!stage.put(key, {"w"}, {.cas = token + 1}));
    ck_assert(stage.put(key, {"w"}, {.cas = token}));
    ck_assert(seen.insert(*stage.cas(key)).second);
  }
  for (int i = 0; i < 300; ++i) {
    stage.put("k", {value_of(i)});
    ck_assert(seen.insert(*stage.cas("k")).second);
  }
  stage.check();
}
END_TEST

START_TEST(a_flush_that_was_not_over_goes_on) {
  Stage stage;
  stage.fill();
  ck_assert(
      stage.put("exact", {.bytes = "v", .expiry = stage.in_ms(50'000)}, {.exact_expiry = true}));
  ck_assert_uint_eq(stage.store().size().expiring, 1);
  stage.store().flush({0});
  stage.put("after", {"v"});
  ck_assert_uint_eq(stage.store().size().items, 1);
  ck_assert_uint_eq(stage.store().size().expiring, 0);
  stage.restart();
  ck_assert_uint_eq(stage.store().size().items, 1);
  ck_assert_uint_eq(stage.store().size().expiring, 0);
  for (int i = 0; i < Stage::kItems; ++i) ck_assert(!stage.get(key_of(i)));
  ck_assert(stage.get("after"));
  stage.maintain();
  stage.maintain();
  ck_assert_int_eq(stage.metric("seg_item_live"), 1);
  ck_assert_int_eq(stage.metric("seg_item_exact"), 0);
  ck_assert(stage.get("after"));
  stage.check();
}
END_TEST

START_TEST(a_flush_to_come_comes_in_its_time) {
  Stage stage;
  stage.put("k", {"v"});
  stage.store().flush(stage.in_ms(10'000));
  stage.restart(4'000);
  ck_assert(stage.get("k"));
  stage.advance_ms(5'999);
  ck_assert(stage.get("k"));
  stage.restart(1);
  ck_assert(!stage.get("k"));
  stage.check();
}
END_TEST

START_TEST(nothing_is_kept_by_a_store_of_other_sizes) {
  Stage stage;
  stage.fill();
  stage.stop();
  const std::vector<std::byte> whole = stage.kept();
  for (size_t cut = 0; cut < 50; ++cut) {
    stage.kept().assign(whole.begin(), whole.begin() + static_cast<long>(whole.size() * cut / 50));
    stage.start();
    ck_assert(!stage.attached());
    ck_assert(!stage.get(key_of(1)));
    stage.kill();
  }
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/restart", everything_is_there_after_a_restart,
              what_goes_past_the_cache_is_the_same, what_was_not_read_survives_the_next_restart_too,
              a_store_that_was_killed_begins_empty,
              what_came_with_the_pool_is_written_over_and_deleted_as_if_it_had_been_there,
              an_add_meets_what_came_with_the_pool, a_scan_sees_what_came_with_the_pool,
              time_to_live_goes_on_to_the_millisecond,
              what_expired_meanwhile_gives_its_memory_back_unread,
              what_is_evicted_unread_leaves_nothing_behind, cas_tokens_stay_and_never_repeat,
              a_flush_that_was_not_over_goes_on, a_flush_to_come_comes_in_its_time,
              nothing_is_kept_by_a_store_of_other_sizes)
