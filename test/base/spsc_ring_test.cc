#include "base/spsc_ring.h"

#include <memory>
#include <thread>

#include "check.h"

using pelikan::SpscRing;

START_TEST(a_full_ring_refuses_and_leaves_the_element_alone) {
  SpscRing<std::unique_ptr<int>> ring(3);  // rounded up to 4
  for (int i = 0; i < 4; ++i) {
    auto element = std::make_unique<int>(i);
    ck_assert(ring.push(element));
    ck_assert(element == nullptr);
  }
  auto fifth = std::make_unique<int>(4);
  ck_assert(!ring.push(fifth));
  ck_assert(fifth != nullptr);
  ck_assert_int_eq(**ring.pop(), 0);
  ck_assert(ring.push(fifth));
  for (int i = 1; i < 5; ++i) ck_assert_int_eq(**ring.pop(), i);
  ck_assert(ring.is_empty());
  ck_assert(!ring.pop().has_value());
}
END_TEST

START_TEST(elements_cross_between_two_threads_in_order) {
  constexpr uint64_t kCount = 200'000;
  SpscRing<uint64_t> ring(64);
  std::thread pusher([&] {
    for (uint64_t i = 0; i < kCount;) {
      uint64_t element = i;
      if (ring.push(element)) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
  });
  bool in_order = true;
  for (uint64_t expected = 0; expected < kCount;) {
    if (const auto element = ring.pop()) {
      in_order &= *element == expected++;
    } else {
      std::this_thread::yield();
    }
  }
  pusher.join();
  ck_assert(in_order);
}
END_TEST

PELIKAN_TESTS("base/spsc_ring", a_full_ring_refuses_and_leaves_the_element_alone,
              elements_cross_between_two_threads_in_order)
