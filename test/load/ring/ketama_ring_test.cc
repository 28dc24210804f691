// Points of rings and who owns a hash. That nutcracker agrees is shown by
// test/integration/ketama_test.py.
#include "load/ring/ketama_ring.h"

#include <algorithm>

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;

namespace {

constexpr uint32_t kMost = ~uint32_t{0};

KetamaRing ring_of(const std::vector<RingMember>& members) {
  return {members, find_key_hash("murmur")};
}

KetamaRing three() { return ring_of({{.name = "one"}, {.name = "two"}, {.name = "three"}}); }

std::vector<uint32_t> points_with(const std::vector<uint32_t>& weights) {
  std::vector<RingMember> members;
  members.reserve(weights.size());
  for (const uint32_t weight : weights) {
    members.push_back({.name = "s" + std::to_string(members.size()), .weight = weight});
  }
  const KetamaRing ring = ring_of(members);
  std::vector<uint32_t> counts(weights.size());
  for (const KetamaRing::Point& point : ring.points()) counts[point.server] += 1;
  return counts;
}

void check_point(const KetamaRing& ring, size_t index, KetamaRing::Point expected) {
  ck_assert_uint_eq(ring.points()[index].value, expected.value);
  ck_assert_uint_eq(ring.points()[index].server, expected.server);
}

}  // namespace

START_TEST(points_are_words_of_digests_of_names) {
  const KetamaRing ring = three();
  ck_assert_uint_eq(ring.points().size(), 480);
  check_point(ring, 0, {13'794'746, 0});
  check_point(ring, 1, {16'855'893, 0});
  check_point(ring, 2, {22'685'839, 2});
  check_point(ring, 478, {4'277'956'944, 0});
  check_point(ring, 479, {4'278'257'422, 2});
  for (const uint32_t word : {0xe7a0ce85U, 0x5cc33104U, 0x7d209320U, 0x57608f29U}) {  // of "one-0"
    const auto point = std::ranges::find(ring.points(), word, &KetamaRing::Point::value);
    ck_assert(point != ring.points().end() && point->server == 0);
  }
}
END_TEST

START_TEST(a_hash_belongs_to_the_next_point_around_the_circle) {
  const KetamaRing ring = three();
  ck_assert_uint_eq(ring.owner_of(16'855'893), 0);
  ck_assert_uint_eq(ring.owner_of(16'855'894), 2);
  ck_assert_uint_eq(ring.owner_of(22'685'839), 2);
  ck_assert_uint_eq(ring.owner_of(4'277'956'945), 2);
  ck_assert_uint_eq(ring.owner_of(4'278'257'423), 0);
  ck_assert_uint_eq(ring.owner_of(kMost), 0);
  ck_assert_uint_eq(ring.owner_of(0), 0);
}
END_TEST

START_TEST(keys_belong_to_whom_their_hash_does) {
  const KetamaRing ring = three();
  ck_assert_uint_eq(ring.server_of("some:longer:key:7"), 0);
  ck_assert_uint_eq(ring.server_of("a"), 1);
  ck_assert_uint_eq(ring.server_of("foobar"), 0);
}
END_TEST

START_TEST(points_follow_the_weights) {
  ck_assert(points_with({1, 1, 1}) == std::vector<uint32_t>({160, 160, 160}));
  ck_assert(points_with({1, 2, 3}) == std::vector<uint32_t>({80, 160, 240}));
  ck_assert(points_with({3, 7, 1}) == std::vector<uint32_t>({128, 304, 40}));
  // As a float, 1/25 of 1000 is less than 40.
  ck_assert(points_with(std::vector<uint32_t>(25, 1)) == std::vector<uint32_t>(25, 156));
}
END_TEST

PELIKAN_TESTS("load/ring/ketama_ring", points_are_words_of_digests_of_names,
              a_hash_belongs_to_the_next_point_around_the_circle,
              keys_belong_to_whom_their_hash_does, points_follow_the_weights)
