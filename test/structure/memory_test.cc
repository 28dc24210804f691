#include "structure/memory.h"

#include <cstddef>
#include <cstdlib>
#include <deque>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include "check.h"

namespace {

using namespace pelikan::structure;

}  // namespace

START_TEST(a_size_class_is_the_next_size_of_the_manual) {
  ck_assert_uint_eq(size_class(1), 8);
  ck_assert_uint_eq(size_class(8), 8);
  ck_assert_uint_eq(size_class(9), 16);
  ck_assert_uint_eq(size_class(17), 32);
  ck_assert_uint_eq(size_class(128), 128);
  ck_assert_uint_eq(size_class(129), 160);
  ck_assert_uint_eq(size_class(257), 320);
  ck_assert_uint_eq(size_class(8192), 8192);
  ck_assert_uint_eq(size_class(8193), 10'240);
  ck_assert_uint_eq(size_class(1'000'000), 1'048'576);
}
END_TEST

#ifndef PELIKAN_SANITIZE  // whose allocator has sizes of its own
START_TEST(a_size_class_is_what_the_allocator_takes) {
  for (size_t bytes = 1; bytes < 300'000; bytes += 1 + bytes / 64) {
    void* const memory = std::malloc(bytes);
    ck_assert_uint_eq(malloc_usable_size(memory), size_class(bytes));
    std::free(memory);
  }
}
END_TEST
#else
START_TEST(a_size_class_is_what_the_allocator_takes) {}
END_TEST
#endif

START_TEST(an_account_knows_what_was_taken_and_given_back) {
  Account account;
  void* const first = account.take(20);
  void* const second = account.take(8);
  ck_assert_uint_eq(account.bytes(), 32 + 8);
  account.give_back(first, 20);
  ck_assert_uint_eq(account.bytes(), 8);
  account.give_back(second, 8);
  ck_assert_uint_eq(account.bytes(), 0);
}
END_TEST

START_TEST(a_container_charges_its_account) {
  Account account;
  {
    std::deque<int, Allocator<int>> numbers{Allocator<int>(account)};
    for (int i = 0; i < 1000; ++i) numbers.push_back(i);
    ck_assert_uint_ge(account.bytes(), 1000 * sizeof(int));
  }
  ck_assert_uint_eq(account.bytes(), 0);
}
END_TEST

PELIKAN_TESTS("structure/memory", a_size_class_is_the_next_size_of_the_manual,
              a_size_class_is_what_the_allocator_takes,
              an_account_knows_what_was_taken_and_given_back, a_container_charges_its_account)
