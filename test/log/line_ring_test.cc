#include "log/line_ring.h"

#include <string>
#include <thread>

#include "check.h"

using namespace pelikan;

namespace {

std::string pending(const LineRing& ring) {
  const auto [first, second] = ring.pending();
  return std::string(first).append(second);
}

// All bytes that are in the ring, of which none are left in it.
std::string drained(LineRing& ring) {
  std::string all = pending(ring);
  ring.drop(all.size());
  return all;
}

START_TEST(lines_come_out_in_order) {
  LineRing ring(16);
  ck_assert(ring.is_empty());
  ck_assert(ring.push("one\n"));
  ck_assert(ring.push("two\n"));
  ck_assert(!ring.is_empty());
  ck_assert_text_eq(pending(ring), "one\ntwo\n");
  ring.drop(2);
  ck_assert_text_eq(pending(ring), "e\ntwo\n");
  ring.drop(6);
  ck_assert(ring.is_empty());
}
END_TEST

START_TEST(a_line_goes_in_whole_or_not_at_all) {
  LineRing ring(16);
  ck_assert(ring.push("0123456789"));
  ck_assert(!ring.push("0123456"));
  ck_assert(ring.push("012345"));
  ck_assert(!ring.push("0"));
  ck_assert_text_eq(drained(ring), "0123456789012345");
  ck_assert(ring.push("0123456789abcdef"));
  ck_assert_text_eq(drained(ring), "0123456789abcdef");
}
END_TEST

START_TEST(a_size_is_rounded_up_to_a_power_of_two) {
  LineRing ring(17);
  ck_assert(ring.push(std::string(32, 'x')));
  ck_assert(!ring.push("x"));
}
END_TEST

START_TEST(lines_wrap_around_the_end_at_every_place) {
  LineRing ring(16);
  for (int n = 0; n < 64; ++n) {
    const std::string line =
        std::string(static_cast<size_t>(n % 13), static_cast<char>('a' + n % 26)) + "\n";
    ck_assert(ring.push(line));
    ck_assert_text_eq(drained(ring), line);
  }
}
END_TEST

START_TEST(two_threads_pass_every_line_whole) {
  constexpr int kLines = 100'000;
  LineRing ring(256);
  std::thread writer([&ring] {
    for (int n = 0; n < kLines; ++n) {
      const std::string line = std::to_string(n) + "\n";
      while (!ring.push(line)) std::this_thread::yield();
    }
  });
  std::string expected;
  for (int n = 0; n < kLines; ++n) expected += std::to_string(n) + "\n";
  std::string all;
  while (all.size() < expected.size()) {
    const std::string lines = drained(ring);
    ck_assert(lines.empty() || lines.back() == '\n');
    all += lines;
    std::this_thread::yield();
  }
  writer.join();
  ck_assert(all == expected);
}
END_TEST

}  // namespace

PELIKAN_TESTS("log/line_ring", lines_come_out_in_order, a_line_goes_in_whole_or_not_at_all,
              a_size_is_rounded_up_to_a_power_of_two, lines_wrap_around_the_end_at_every_place,
              two_threads_pass_every_line_whole)
