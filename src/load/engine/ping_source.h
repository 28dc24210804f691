// PingSource: the same request for ever, about nothing.
//
// Thread safety: one thread.
#pragma once

#include <array>

#include "load/engine/source.h"

namespace pelikan::load {

class PingSource final : public Source {
 public:
  [[nodiscard]] bool next(WireRequest& request) noexcept override {
    request.numbers = kOne;
    return true;
  }
  void move_to(int64_t) noexcept override {}
  void follow(const FollowUp&, WireRequest&) noexcept override {}
  [[nodiscard]] int64_t fill_delay_ns(uint8_t) const noexcept override { return 0; }
  [[nodiscard]] bool is_key(KeyReference, std::string_view) noexcept override { return true; }
  [[nodiscard]] bool is_intact(KeyReference, std::string_view) noexcept override { return true; }

 private:
  static constexpr std::array<uint64_t, 1> kOne{};
};

}  // namespace pelikan::load
