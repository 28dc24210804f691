// Packed bytes from anywhere: what is_valid() lets through can be walked.
#include "structure/packed.h"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "structure/packed_hash.h"
#include "structure/packed_list.h"
#include "structure/packed_set.h"
#include "structure/packed_sorted_set.h"
#include "structure/walk.h"

#include "check.h"

namespace {

using namespace pelikan::structure;

Element element(std::string_view text) { return Element(text); }

// One of every kind.
std::vector<std::string> samples() {
  ListDraft list;
  list.clear();
  HashDraft hash;
  hash.clear();
  SetDraft set;
  set.clear();
  SetDraft numbers;
  numbers.clear();
  SortedSetDraft sorted;
  sorted.clear();
  for (const std::string_view text : {"one", "22", "", "-70000"}) {
    list.push_back(element(text));
    hash.set(element(text), element("value"));
    set.add(element(text));
    numbers.add(Element(static_cast<int64_t>(text.size()) * 100'000));
    sorted.put(element(text), 1.5);
  }
  list.push_back(element(std::string(200, 'l')));
  HashDraft expiring;
  expiring.load(hash.bytes());
  expiring.set_expiry(element("one"), 77);
  std::vector<std::string> all;
  for (const std::string_view bytes : {list.bytes(), hash.bytes(), expiring.bytes(), set.bytes(),
                                       numbers.bytes(), sorted.bytes()}) {
    all.emplace_back(bytes);
  }
  return all;
}

}  // namespace

START_TEST(what_drafts_make_is_valid) {
  for (const std::string& bytes : samples()) ck_assert(Packed::is_valid(bytes));
}
END_TEST

START_TEST(bytes_that_are_cut_off_or_go_on_are_not_valid) {
  for (const std::string& bytes : samples()) {
    for (size_t size = 0; size < bytes.size(); ++size) {
      ck_assert(!Packed::is_valid(bytes.substr(0, size)));
    }
    ck_assert(!Packed::is_valid(bytes + '\0'));
  }
}
END_TEST

START_TEST(an_unknown_kind_is_not_valid) {
  for (const char kind : {'\0', '\x09', '\xff'}) {
    ck_assert(!Packed::is_valid(std::string{kind, '\0', '\0'}));
  }
}
END_TEST

START_TEST(a_length_that_is_not_that_of_its_row_is_not_valid) {
  ListDraft list;
  list.clear();
  list.push_back(element("abc"));
  std::string bytes(list.bytes());
  ++bytes.back();
  ck_assert(!Packed::is_valid(bytes));
}
END_TEST

START_TEST(rows_out_of_order_are_not_valid) {
  SetDraft numbers;
  numbers.clear();
  numbers.add(Element(int64_t{1}));
  numbers.add(Element(int64_t{2}));
  std::string bytes(numbers.bytes());
  std::swap(bytes[Packed::kHead], bytes[Packed::kHead + 2]);
  ck_assert(!Packed::is_valid(bytes));
  SortedSetDraft sorted;
  sorted.clear();
  sorted.put(element("a"), 1);
  sorted.put(element("b"), 1);
  bytes = sorted.bytes();
  std::swap(bytes[Packed::kHead + 1], bytes[Packed::kHead + 5]);
  ck_assert(!Packed::is_valid(bytes));
}
END_TEST

START_TEST(a_score_that_is_no_number_is_not_valid) {
  SortedSetDraft sorted;
  sorted.clear();
  sorted.put(element("a"), 0.5);
  std::string bytes(sorted.bytes());
  std::fill_n(bytes.begin() + Packed::kHead + 3, 8, '\xff');
  ck_assert(!Packed::is_valid(bytes));
}
END_TEST

START_TEST(damaged_bytes_are_refused_or_can_be_walked) {
  std::mt19937 random(1);
  size_t walked = 0;
  for (int round = 0; round < 20'000; ++round) {
    for (std::string bytes : samples()) {
      for (unsigned i = 0; i <= random() % 3; ++i) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      if (!Packed::is_valid(bytes)) continue;
      test::walk(bytes);
      ++walked;
    }
  }
  ck_assert_uint_gt(walked, 1000);
}
END_TEST

START_TEST(limits_count_rows_and_bytes) {
  ListDraft list;
  list.clear();
  for (int i = 0; i < 4; ++i) list.push_back(element("0123456789"));
  const size_t bytes = list.bytes().size();
  ck_assert(list.packed().is_within({.rows = 4, .bytes = bytes}));
  ck_assert(!list.packed().is_within({.rows = 3, .bytes = bytes}));
  ck_assert(!list.packed().is_within({.rows = 4, .bytes = bytes - 1}));
}
END_TEST

PELIKAN_TESTS("structure/packed", what_drafts_make_is_valid,
              bytes_that_are_cut_off_or_go_on_are_not_valid, an_unknown_kind_is_not_valid,
              a_length_that_is_not_that_of_its_row_is_not_valid, rows_out_of_order_are_not_valid,
              a_score_that_is_no_number_is_not_valid, damaged_bytes_are_refused_or_can_be_walked,
              limits_count_rows_and_bytes)
