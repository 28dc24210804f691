#include "structure/packed_set.h"

#include <string>
#include <string_view>

#include "structure/play.h"
#include "structure/set_twin.h"

#include "check.h"

namespace {

using namespace pelikan::structure;

Element element(std::string_view text) { return Element(text); }

SetDraft set_of(std::initializer_list<std::string_view> texts) {
  SetDraft draft;
  draft.clear();
  for (const std::string_view text : texts) draft.add(element(text));
  return draft;
}

std::string texts_of(const SetDraft& draft) {
  std::string texts;
  draft.view().visit_all([&](const Text& text) { texts.append(text.view()).append(" "); });
  return texts;
}

}  // namespace

START_TEST(numbers_stand_in_order_in_as_few_bytes_as_the_longest_needs) {
  SetDraft draft = set_of({"30", "-1", "7"});
  ck_assert_text_eq(texts_of(draft), "-1 7 30 ");
  ck_assert_uint_eq(draft.bytes().size(), Packed::kHead + 3 * 2);
  draft.add(element("70000"));
  ck_assert_uint_eq(draft.bytes().size(), Packed::kHead + 4 * 4);
  draft.add(element("-5000000000"));
  ck_assert_uint_eq(draft.bytes().size(), Packed::kHead + 5 * 8);
  ck_assert_text_eq(texts_of(draft), "-5000000000 -1 7 30 70000 ");
}
END_TEST

START_TEST(a_text_ends_the_set_of_numbers_and_none_is_lost) {
  SetDraft draft = set_of({"3", "1"});
  ck_assert(draft.view().has_numbers_only());
  ck_assert(draft.add(element("01")));
  ck_assert(!draft.view().has_numbers_only());
  ck_assert(draft.contains(element("1")) && draft.contains(element("3")));
  ck_assert(draft.contains(element("01")) && !draft.contains(element("001")));
  ck_assert(!draft.add(element("3")));
}
END_TEST

START_TEST(a_text_is_in_no_set_of_numbers) {
  SetDraft draft = set_of({"3", "1"});
  ck_assert(!draft.contains(element("x")));
  ck_assert(!draft.erase(element("x")));
  ck_assert_uint_eq(draft.size(), 2);
}
END_TEST

START_TEST(a_member_is_erased_by_its_index) {
  SetDraft numbers = set_of({"3", "1", "2"});
  numbers.erase_at(1);
  ck_assert_text_eq(texts_of(numbers), "1 3 ");
  SetDraft texts = set_of({"a", "b", "c"});
  texts.erase_at(1);
  ck_assert_text_eq(texts_of(texts), "a c ");
  ck_assert_text_eq(texts.view().at(1).view(), "c");
}
END_TEST

START_TEST(a_set_is_what_a_plain_one_is_after_any_steps) {
  for (uint32_t seed = 0; seed < 100; ++seed) {
    SetDraft draft;
    draft.clear();
    test::SetTwin twin(draft);
    test::play(twin, seed, 2000, [&](size_t) { ck_assert(Packed::is_valid(draft.bytes())); });
  }
}
END_TEST

START_TEST(a_set_of_numbers_is_what_a_plain_one_is_after_any_steps) {
  for (uint32_t seed = 0; seed < 50; ++seed) {
    SetDraft draft;
    draft.clear();
    test::NumberTwin twin(draft);
    test::play(twin, seed, 2000, [&](size_t) { ck_assert(Packed::is_valid(draft.bytes())); });
    ck_assert(draft.view().has_numbers_only());
  }
}
END_TEST

PELIKAN_TESTS("structure/packed_set", numbers_stand_in_order_in_as_few_bytes_as_the_longest_needs,
              a_text_ends_the_set_of_numbers_and_none_is_lost, a_text_is_in_no_set_of_numbers,
              a_member_is_erased_by_its_index, a_set_is_what_a_plain_one_is_after_any_steps,
              a_set_of_numbers_is_what_a_plain_one_is_after_any_steps)
