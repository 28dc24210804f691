// Large sorted sets, and with them the tree of scores.
#include "structure/big_sorted_set.h"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "structure/play.h"
#include "structure/sorted_set_twin.h"

#include "check.h"

namespace {

using namespace pelikan::structure;

constexpr pelikan::KeyedHash kHash(42);
constexpr int kMany = 20'000;

Element element(const std::string& text) { return Element(std::string_view(text)); }
std::string text_of(int number) { return "member:" + std::to_string(number); }

std::vector<int> shuffled(int count) {
  std::vector<int> numbers(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) numbers[static_cast<size_t>(i)] = i;
  std::ranges::shuffle(numbers, std::mt19937(1));
  return numbers;
}

void check_ranks(const BigSortedSet& set, int first, int step) {
  for (int i = 0; i < static_cast<int>(set.size()); i += 37) {
    const int number = first + i * step;
    ck_assert_uint_eq(*set.rank(element(text_of(number))), static_cast<size_t>(i));
    ck_assert_text_eq(set.at(static_cast<size_t>(i)).member.text().view(), text_of(number));
  }
}

}  // namespace

START_TEST(a_sorted_set_is_what_a_plain_one_is_after_any_steps) {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    BigSortedSet set(kHash);
    test::SortedSetTwin twin(set);
    test::play(twin, seed, 4000, [&](size_t) { set.check_invariants(); });
  }
}
END_TEST

START_TEST(ranks_are_right_in_any_order_of_coming_and_going) {
  BigSortedSet set(kHash);
  const size_t empty = set.memory();
  for (const int i : shuffled(kMany)) set.put(element(text_of(i)), i);
  set.check_invariants();
  check_ranks(set, 0, 1);
  for (const int i : shuffled(kMany)) {
    if (i % 2 == 1) ck_assert(set.erase(element(text_of(i))));
  }
  set.check_invariants();
  check_ranks(set, 0, 2);
  for (const int i : shuffled(kMany)) {
    if (i % 2 == 0) ck_assert(set.erase(element(text_of(i))));
    if (i % 512 == 0) set.check_invariants();
  }
  ck_assert_uint_eq(set.memory(), empty);
}
END_TEST

START_TEST(members_that_come_in_order_fill_the_nodes) {
  BigSortedSet ascending(kHash);
  BigSortedSet random(kHash);
  for (int i = 0; i < kMany; ++i) ascending.put(element(text_of(i)), i);
  for (const int i : shuffled(kMany)) random.put(element(text_of(i)), i);
  ascending.check_invariants();
  check_ranks(ascending, 0, 1);
  ck_assert_uint_lt(ascending.memory(), random.memory());
  for (int i = 0; i < kMany; ++i) ck_assert(ascending.erase(element(text_of(i))));
  ascending.check_invariants();
}
END_TEST

START_TEST(members_of_one_score_stand_by_their_bytes) {
  BigSortedSet set(kHash);
  for (const int i : shuffled(1000)) set.put(element(std::to_string(10'000 + i)), 5);
  for (int i = 0; i < 1000; ++i) {
    ck_assert_uint_eq(*set.rank(element(std::to_string(10'000 + i))), static_cast<size_t>(i));
  }
  const size_t lower =
      set.count_before([](const Scored& each) { return each.member.text().view() < "10500"; });
  ck_assert_uint_eq(lower, 500);
}
END_TEST

START_TEST(a_range_is_erased_from_anywhere) {
  BigSortedSet set(kHash);
  for (int i = 0; i < 5000; ++i) set.put(element(text_of(i)), i);
  set.erase_range(100, 4800);
  set.check_invariants();
  ck_assert_uint_eq(set.size(), 200);
  ck_assert_text_eq(set.at(100).member.text().view(), text_of(4900));
}
END_TEST

START_TEST(a_packed_sorted_set_becomes_a_large_one) {
  SortedSetDraft draft;
  draft.clear();
  for (int i = 0; i < 200; ++i) draft.put(element(text_of(i)), -i);
  const BigSortedSet set(kHash, draft.view());
  set.check_invariants();
  ck_assert_uint_eq(set.size(), 200);
  ck_assert_uint_eq(*set.rank(element(text_of(199))), 0);
  ck_assert(set.score(element(text_of(7))) == -7.0);
}
END_TEST

START_TEST(a_sorted_set_is_destroyed_in_steps) {
  BigSortedSet set(kHash);
  for (int i = 0; i < 10'000; ++i) set.put(element(text_of(i)), i);
  size_t steps = 1;
  for (size_t memory = set.memory(); !set.destroy_some(100); ++steps) {
    ck_assert_uint_lt(set.memory(), memory);
    memory = set.memory();
  }
  ck_assert_uint_ge(steps, 100);
}
END_TEST

PELIKAN_TESTS("structure/big_sorted_set", a_sorted_set_is_what_a_plain_one_is_after_any_steps,
              ranks_are_right_in_any_order_of_coming_and_going,
              members_that_come_in_order_fill_the_nodes, members_of_one_score_stand_by_their_bytes,
              a_range_is_erased_from_anywhere, a_packed_sorted_set_becomes_a_large_one,
              a_sorted_set_is_destroyed_in_steps)
