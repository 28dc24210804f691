#include "structure/packed_list.h"

#include <string>
#include <string_view>

#include "structure/list_twin.h"
#include "structure/play.h"

#include "check.h"

namespace {

using namespace pelikan::structure;

ListDraft list_of(std::initializer_list<std::string_view> texts) {
  ListDraft draft;
  draft.clear();
  for (const std::string_view text : texts) draft.push_back(Element(text));
  return draft;
}

std::string texts_of(const ListDraft& draft) {
  std::string texts;
  draft.view().visit_range(0, draft.size(), Direction::kForward,
                           [&](Cell cell) { texts.append(cell.text().view()).append(" "); });
  return texts;
}

}  // namespace

START_TEST(a_list_keeps_both_ends_in_order) {
  ListDraft draft = list_of({"b", "c"});
  draft.push_front(Element(std::string_view("a")));
  ck_assert_text_eq(texts_of(draft), "a b c ");
  ck_assert_uint_eq(draft.size(), 3);
}
END_TEST

START_TEST(a_loaded_draft_does_not_change_what_it_was_loaded_from) {
  const ListDraft old = list_of({"a", "b"});
  ListDraft next;
  next.load(old.bytes());
  next.set(1, Element(std::string_view("c")));
  ck_assert_text_eq(texts_of(old), "a b ");
  ck_assert_text_eq(texts_of(next), "a c ");
}
END_TEST

START_TEST(remove_takes_the_nearest_equal_ones) {
  ListDraft draft = list_of({"x", "1", "x", "2", "x"});
  ck_assert_uint_eq(draft.remove(Element(std::string_view("x")), 1, Direction::kBackward), 1);
  ck_assert_text_eq(texts_of(draft), "x 1 x 2 ");
  ck_assert_uint_eq(draft.remove(Element(std::string_view("x")), 9, Direction::kForward), 2);
  ck_assert_text_eq(texts_of(draft), "1 2 ");
}
END_TEST

START_TEST(an_element_of_sixteen_bytes_takes_eighteen) {
  ListDraft draft = list_of({"0123456789abcdef"});
  ck_assert_uint_eq(draft.bytes().size(), Packed::kHead + 18);
}
END_TEST

START_TEST(a_list_is_what_a_plain_one_is_after_any_steps) {
  for (uint32_t seed = 0; seed < 100; ++seed) {
    ListDraft draft;
    draft.clear();
    test::ListTwin twin(draft);
    test::play(twin, seed, 2000, [&](size_t) { ck_assert(Packed::is_valid(draft.bytes())); });
  }
}
END_TEST

PELIKAN_TESTS("structure/packed_list", a_list_keeps_both_ends_in_order,
              a_loaded_draft_does_not_change_what_it_was_loaded_from,
              remove_takes_the_nearest_equal_ones, an_element_of_sixteen_bytes_takes_eighteen,
              a_list_is_what_a_plain_one_is_after_any_steps)
