#include "base/intrusive_list.h"

#include <string>

#include "check.h"

using pelikan::IntrusiveList;
using pelikan::ListHook;

namespace {

struct ByAge;
struct Waiting;
struct Element : ListHook<ByAge>, ListHook<Waiting> {
  explicit Element(char letter) : name(letter) {}
  char name;
};
using Ages = IntrusiveList<Element, ByAge>;

std::string names(Ages& list) {
  std::string text;
  for (Element* e = list.first(); e != nullptr; e = list.next(*e)) text += e->name;
  return text;
}

}  // namespace

START_TEST(elements_keep_the_order_they_were_appended_in) {
  Element a('a'), b('b'), c('c');
  Ages list;
  ck_assert(list.is_empty());
  list.move_to_back(a);
  list.move_to_back(b);
  list.move_to_back(c);
  ck_assert_text_eq(names(list), "abc");
  list.move_to_back(a);
  ck_assert_text_eq(names(list), "bca");
  list.move_to_back(a);
  ck_assert_text_eq(names(list), "bca");
}
END_TEST

START_TEST(an_element_leaves_one_list_and_stays_in_the_other) {
  Element a('a'), b('b');
  Ages ages;
  IntrusiveList<Element, Waiting> waiting;
  ages.move_to_back(a);
  ages.move_to_back(b);
  waiting.move_to_back(a);
  static_cast<ListHook<ByAge>&>(a).unlink();
  static_cast<ListHook<ByAge>&>(a).unlink();
  ck_assert_text_eq(names(ages), "b");
  ck_assert(!static_cast<ListHook<ByAge>&>(a).is_linked());
  ck_assert(&waiting.front() == &a);
}
END_TEST

START_TEST(a_destroyed_element_leaves_by_itself) {
  Ages list;
  Element a('a');
  list.move_to_back(a);
  {
    Element b('b');
    list.move_to_back(b);
  }
  ck_assert_text_eq(names(list), "a");
}
END_TEST

START_TEST(a_destroyed_list_lets_its_elements_go) {
  Element a('a');
  {
    Ages list;
    list.move_to_back(a);
  }
  ck_assert(!static_cast<ListHook<ByAge>&>(a).is_linked());
}
END_TEST

PELIKAN_TESTS("base/intrusive_list", elements_keep_the_order_they_were_appended_in,
              an_element_leaves_one_list_and_stays_in_the_other,
              a_destroyed_element_leaves_by_itself, a_destroyed_list_lets_its_elements_go)
