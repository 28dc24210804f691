// Random operations, compared with the reference store.
#pragma once

#include <array>
#include <random>
#include <vector>

#include "storage/conformance/client.h"

#include "check.h"

namespace pelikan::test {

template <StoreFixture Fixture>
void random_operations_answer_as_the_reference_does(int) {
  std::mt19937 random(20'240'229);
  for (int round = 0; round < 20; ++round) {
    Fixture fixture;
    MapStore reference(fixture.clock(), {.value = kGiB});
    Twin twin(fixture.store(), reference, Forgetting::kNever);
    Script script(fixture, twin);
    std::vector<uint8_t> bytes(4 * 600);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    for (size_t i = 2; i < bytes.size(); i += 4) bytes[i] %= 243;  // no more than fits
    script.play(bytes);
    ck_assert_text_eq(twin.flaw(), "");
    ck_assert_uint_gt(twin.hits(), 300);
    ck_assert_uint_eq(twin.refused(), 0);
  }
}

template <StoreFixture Fixture>
inline constexpr std::array kRandomTests{
    PELIKAN_CONFORMANCE(random_operations_answer_as_the_reference_does),
};

}  // namespace pelikan::test
