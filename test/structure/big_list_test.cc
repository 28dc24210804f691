#include "structure/big_list.h"

#include <string>
#include <string_view>

#include "structure/list_twin.h"
#include "structure/play.h"

#include "check.h"

namespace {

using namespace pelikan::structure;

Element element(const std::string& text) { return Element(std::string_view(text)); }

std::string text_of(int number) { return "element:" + std::to_string(number); }

}  // namespace

START_TEST(a_list_is_what_a_plain_one_is_after_any_steps) {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    BigList list;
    test::ListTwin twin(list);
    test::play(twin, seed, 4000, [&](size_t) { list.check_invariants(); });
  }
}
END_TEST

START_TEST(elements_are_found_and_changed_anywhere_among_many) {
  constexpr int kElements = 30'000;
  BigList list;
  for (int i = 0; i < kElements; ++i) list.push_back(element(text_of(i)));
  for (int i = 0; i < kElements; i += 997) {
    ck_assert_text_eq(list.at(static_cast<size_t>(i)).text().view(), text_of(i));
    list.set(static_cast<size_t>(i), element(std::string(300, 's')));
    list.insert(static_cast<size_t>(i), element("inserted"));
    list.erase(static_cast<size_t>(i), 1);
    ck_assert_text_eq(list.at(static_cast<size_t>(i)).text().view(), std::string(300, 's'));
  }
  list.check_invariants();
  ck_assert_uint_eq(list.size(), kElements);
  ck_assert_text_eq(list.at(1).text().view(), text_of(1));
}
END_TEST

START_TEST(a_queue_keeps_its_order_and_gives_memory_back) {
  BigList list;
  const size_t empty = list.memory();
  for (int i = 0; i < 20'000; ++i) {
    list.push_front(element(text_of(i)));
    if (i < 5000) continue;
    ck_assert_text_eq(list.at(list.size() - 1).text().view(), text_of(i - 5000));
    list.erase(list.size() - 1, 1);
  }
  ck_assert_uint_eq(list.size(), 5000);
  list.check_invariants();
  list.erase(0, list.size());
  // a deque keeps one block of its own
  ck_assert_uint_le(list.memory(), empty);
}
END_TEST

START_TEST(all_equal_elements_are_removed_from_many_chunks) {
  BigList list;
  for (int i = 0; i < 30'000; ++i) list.push_back(element(i % 3 == 0 ? "x" : text_of(i)));
  ck_assert_uint_eq(list.remove(element("x"), 3, Direction::kBackward), 3);
  ck_assert_text_eq(list.at(0).text().view(), "x");
  ck_assert_uint_eq(list.remove(element("x"), SIZE_MAX, Direction::kForward), 9997);
  ck_assert_text_eq(list.at(0).text().view(), text_of(1));
  list.check_invariants();
}
END_TEST

START_TEST(a_packed_list_becomes_a_large_one) {
  ListDraft draft;
  draft.clear();
  for (int i = 0; i < 2000; ++i) draft.push_back(element(text_of(i)));
  const BigList list(draft.view());
  list.check_invariants();
  ck_assert_uint_eq(list.size(), 2000);
  for (size_t i = 0; i < 2000; i += 7) {
    ck_assert_text_eq(list.at(i).text().view(), text_of(static_cast<int>(i)));
  }
}
END_TEST

START_TEST(a_list_is_destroyed_in_steps) {
  BigList list;
  for (int i = 0; i < 20'000; ++i) list.push_back(element(text_of(i)));
  size_t memory = list.memory();
  size_t steps = 1;
  for (; !list.destroy_some(4); ++steps) {
    ck_assert_uint_lt(list.memory(), memory);
    memory = list.memory();
  }
  ck_assert_uint_gt(steps, 8);
}
END_TEST

START_TEST(a_long_list_costs_little_more_than_its_rows) {
  BigList list;
  for (int i = 0; i < 50'000; ++i)
    list.push_back(element("0123456789abcde" + std::to_string(i % 10)));
  ck_assert_uint_lt(list.memory(), 50'000 * 18 * 102 / 100);
}
END_TEST

PELIKAN_TESTS("structure/big_list", a_list_is_what_a_plain_one_is_after_any_steps,
              elements_are_found_and_changed_anywhere_among_many,
              a_queue_keeps_its_order_and_gives_memory_back,
              all_equal_elements_are_removed_from_many_chunks, a_packed_list_becomes_a_large_one,
              a_list_is_destroyed_in_steps, a_long_list_costs_little_more_than_its_rows)
