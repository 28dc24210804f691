// Large sets, and with them the table of rows.
#include "structure/big_set.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "structure/play.h"
#include "structure/set_twin.h"

#include "check.h"

namespace {

using namespace pelikan::structure;

constexpr pelikan::KeyedHash kHash(42);

std::string text_of(int number) { return "member:" + std::to_string(number); }
Element element(const std::string& text) { return Element(std::string_view(text)); }

void fill(BigSet& set, int first, int last) {
  for (int i = first; i < last; ++i) set.add(element(text_of(i)));
}

// All that a scan in small steps shows; `between` is called after each.
template <class Act>
std::set<std::string> scan(const BigSet& set, const Act& between) {
  std::set<std::string> shown;
  uint64_t cursor = 0;
  do {
    cursor = set.scan(cursor, 10, [&](const Text& text) { shown.emplace(text.view()); });
    ck_assert_uint_lt(cursor, uint64_t{1} << 48);
    between();
  } while (cursor != 0);
  return shown;
}

}  // namespace

START_TEST(a_set_is_what_a_plain_one_is_after_any_steps) {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    BigSet set(kHash);
    test::SetTwin twin(set);
    test::play(twin, seed, 4000, [&](size_t) { set.check_invariants(); });
  }
}
END_TEST

START_TEST(many_members_come_and_go) {
  BigSet set(kHash);
  const size_t empty = set.memory();
  fill(set, 0, 50'000);
  set.check_invariants();
  ck_assert_uint_eq(set.size(), 50'000);
  for (int i = 0; i < 50'000; ++i) ck_assert(set.contains(element(text_of(i))));
  ck_assert(!set.contains(element(text_of(50'000))));
  for (int i = 0; i < 50'000; ++i) {
    ck_assert(set.erase(element(text_of(i))));
    if (i % 4096 == 0) set.check_invariants();
  }
  ck_assert_uint_eq(set.size(), 0);
  ck_assert_uint_eq(set.memory(), empty);
}
END_TEST

START_TEST(a_scan_shows_all_that_stay_while_a_set_grows) {
  BigSet set(kHash);
  fill(set, 0, 1000);
  int last = 1000;
  const auto shown = scan(set, [&] {
    fill(set, last, last + 40);
    last += 40;
  });
  ck_assert_uint_gt(set.size(), 2000);
  for (int i = 0; i < 1000; ++i) ck_assert(shown.contains(text_of(i)));
}
END_TEST

START_TEST(a_scan_shows_all_that_stay_while_a_set_shrinks) {
  BigSet set(kHash);
  fill(set, 0, 20'000);
  int last = 20'000;
  const auto shown = scan(set, [&] {
    for (int i = 0; i < 40 && last > 1000; ++i) set.erase(element(text_of(--last)));
  });
  ck_assert_uint_lt(set.size(), 15'000);
  for (int i = 0; i < 1000; ++i) ck_assert(shown.contains(text_of(i)));
}
END_TEST

START_TEST(a_scan_of_a_quiet_set_shows_each_once) {
  BigSet set(kHash);
  fill(set, 0, 5000);
  std::multiset<std::string> shown;
  uint64_t cursor = 0;
  size_t steps = 0;
  do {
    cursor = set.scan(cursor, 100, [&](const Text& text) { shown.emplace(text.view()); });
    ++steps;
  } while (cursor != 0);
  ck_assert_uint_eq(shown.size(), 5000);
  ck_assert_uint_eq(shown.count(text_of(7)), 1);
  ck_assert_uint_gt(steps, 5000 / 200);
}
END_TEST

START_TEST(any_number_is_safe_as_a_cursor) {
  BigSet set(kHash);
  fill(set, 0, 1000);
  for (const uint64_t cursor : {uint64_t{1}, uint64_t{77'777}, UINT64_MAX, UINT64_MAX >> 16}) {
    size_t shown = 0;
    set.scan(cursor, 10, [&](const Text&) { ++shown; });
    ck_assert_uint_gt(shown, 0);
  }
}
END_TEST

START_TEST(random_members_are_all_as_likely) {
  BigSet set(kHash);
  fill(set, 0, 500);
  std::map<std::string, int> drawn;
  uint64_t random = 1;
  for (int i = 0; i < 100'000; ++i) ++drawn[std::string(set.random_member(random).view())];
  ck_assert_uint_eq(drawn.size(), 500);
  // 200 are expected of each; a deviation of 14 is usual
  for (const auto& [member, times] : drawn) ck_assert_msg(times > 120 && times < 290, "%d", times);
}
END_TEST

START_TEST(a_packed_set_becomes_a_large_one) {
  SetDraft draft;
  draft.clear();
  for (int64_t i = 0; i < 600; ++i) draft.add(Element(i * i * i));
  const BigSet set(kHash, draft.view());
  ck_assert_uint_eq(set.size(), 600);
  ck_assert(set.contains(element("27")));
  ck_assert(!set.contains(element("28")));
}
END_TEST

START_TEST(a_set_is_destroyed_in_steps) {
  BigSet set(kHash);
  fill(set, 0, 10'000);
  size_t memory = set.memory();
  size_t steps = 1;
  for (; !set.destroy_some(1000); ++steps) {
    ck_assert_uint_le(memory - set.memory(), 1000 * 32 + 30 * 1024);
    memory = set.memory();
  }
  ck_assert_uint_ge(steps, 10);
}
END_TEST

PELIKAN_TESTS("structure/big_set", a_set_is_what_a_plain_one_is_after_any_steps,
              many_members_come_and_go, a_scan_shows_all_that_stay_while_a_set_grows,
              a_scan_shows_all_that_stay_while_a_set_shrinks, a_scan_of_a_quiet_set_shows_each_once,
              any_number_is_safe_as_a_cursor, random_members_are_all_as_likely,
              a_packed_set_becomes_a_large_one, a_set_is_destroyed_in_steps)
