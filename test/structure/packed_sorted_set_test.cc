#include "structure/packed_sorted_set.h"

#include <limits>
#include <string>
#include <string_view>

#include "structure/play.h"
#include "structure/sorted_set_twin.h"

#include "check.h"

namespace {

using namespace pelikan::structure;

Element element(std::string_view text) { return Element(text); }

std::string texts_of(const SortedSetDraft& draft) {
  std::string texts;
  draft.view().visit_range(0, draft.size(), Direction::kForward, [&](const Scored& each) {
    texts.append(each.member.text().view()).append(" ");
  });
  return texts;
}

}  // namespace

START_TEST(members_stand_by_score_then_by_their_bytes) {
  SortedSetDraft draft;
  draft.clear();
  const double infinity = std::numeric_limits<double>::infinity();
  ck_assert(draft.put(element("b"), 1) == Added::kNew);
  ck_assert(draft.put(element("10"), 1) == Added::kNew);
  ck_assert(draft.put(element("9"), 1) == Added::kNew);
  ck_assert(draft.put(element("z"), -infinity) == Added::kNew);
  ck_assert(draft.put(element("a"), infinity) == Added::kNew);
  ck_assert(draft.put(element("c"), 0.5) == Added::kNew);
  ck_assert_text_eq(texts_of(draft), "z c 10 9 b a ");
}
END_TEST

START_TEST(a_new_score_moves_a_member) {
  SortedSetDraft draft;
  draft.clear();
  draft.put(element("a"), 1);
  draft.put(element("b"), 2);
  ck_assert(draft.put(element("a"), 1) == Added::kSame);
  ck_assert(draft.put(element("a"), 3) == Added::kMoved);
  ck_assert_text_eq(texts_of(draft), "b a ");
  ck_assert_uint_eq(*draft.view().rank(element("a")), 1);
  ck_assert(draft.view().score(element("a")) == 3.0);
  ck_assert(!draft.view().rank(element("c")));
}
END_TEST

START_TEST(a_whole_score_takes_few_bytes) {
  SortedSetDraft draft;
  draft.clear();
  draft.put(element("member"), 1234);
  ck_assert_uint_eq(draft.bytes().size(), Packed::kHead + 7 + 2 + 1);
}
END_TEST

START_TEST(a_sorted_set_is_what_a_plain_one_is_after_any_steps) {
  for (uint32_t seed = 0; seed < 100; ++seed) {
    SortedSetDraft draft;
    draft.clear();
    test::SortedSetTwin twin(draft);
    test::play(twin, seed, 2000, [&](size_t) { ck_assert(Packed::is_valid(draft.bytes())); });
  }
}
END_TEST

PELIKAN_TESTS("structure/packed_sorted_set", members_stand_by_score_then_by_their_bytes,
              a_new_score_moves_a_member, a_whole_score_takes_few_bytes,
              a_sorted_set_is_what_a_plain_one_is_after_any_steps)
