// The engine's epochs, as far as the other models need them: entering, leaving and a grace period
// are one step each. epoch_test.cc shows that they may be taken so.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace pelikan::model {

template <size_t kThreads>
struct Epochs {
  uint8_t global = 1;
  std::array<uint8_t, kThreads> line{};  // 0: outside

  void enter(size_t thread) { line[thread] = global; }
  void leave(size_t thread) { line[thread] = 0; }
  // After the unlinks; what is_over() asks for.
  [[nodiscard]] uint8_t begin_grace() { return ++global; }
  [[nodiscard]] bool is_over(uint8_t grace) const {
    return std::ranges::all_of(line, [grace](uint8_t at) { return at == 0 || at >= grace; });
  }
};

}  // namespace pelikan::model
