// Random scripts for twins, see script.h.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "structure/script.h"

namespace pelikan::structure::test {

// Plays a script of so many random bytes; compares all after every few steps. `after(step)` is
// called after each step.
template <class Twin, class After>
void play(Twin& twin, uint32_t seed, size_t bytes, After&& after) {
  std::mt19937 random(seed);
  std::vector<uint8_t> script_bytes(bytes);
  for (uint8_t& byte : script_bytes) byte = static_cast<uint8_t>(random());
  Script script{std::span<const uint8_t>(script_bytes)};
  for (size_t step = 0; !script.is_over(); ++step) {
    twin.step(script);
    after(step);
    if (step % 16 == 0) twin.compare();
  }
  twin.compare();
}

template <class Twin>
void play(Twin& twin, uint32_t seed, size_t bytes) {
  play(twin, seed, bytes, [](size_t) {});
}

}  // namespace pelikan::structure::test
