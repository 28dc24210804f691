// CountOption: an option that is a number of things, with decimal units: 100k, 1.5M, 2G.
//
// Thread safety: as Option's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "option/option.h"

namespace pelikan::load {

class CountOption final : public OptionBase {
 public:
  // REQUIRES: min <= value <= max
  CountOption(OptionGroup* group, std::string_view name, uint64_t value, std::string_view help,
              Range<uint64_t> range = {0, kMost});

  [[nodiscard]] uint64_t get() const noexcept { return value_; }
  void set(uint64_t value);  // CHECKs the range

  [[nodiscard]] std::string type_text() const override { return "count"; }
  [[nodiscard]] std::string default_text() const override;
  [[nodiscard]] std::string current_text() const override;
  [[nodiscard]] std::string range_text() const override;
  [[nodiscard]] std::string parse(std::string_view text) override;

  static constexpr uint64_t kMost = 1'000'000'000'000;

 private:
  [[nodiscard]] bool in_range(uint64_t value) const noexcept {
    return value >= range_.min && value <= range_.max;
  }

  const uint64_t default_;
  uint64_t value_;
  const Range<uint64_t> range_;
};

}  // namespace pelikan::load
