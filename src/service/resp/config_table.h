// Redis' parameters as this server has them: of some an option of ours, of others what it always
// does. Two can be changed while it runs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pelikan {

class RespControl;

struct RespParameter {
  // How its value is found.
  enum class Form : uint8_t {
    kFixed,     // `source` is it
    kText,      // of the option `source`, as it stands
    kBytes,     // of that option, in bytes
    kSeconds,   // of that option, in seconds
    kPolicy,    // what goes when memory is full
    kPassword,  // can be changed
    kLogLevel,  // can be changed
    kProtected,
  };
  std::string_view name;
  Form form;
  std::string_view source;

  [[nodiscard]] bool can_change() const noexcept {
    return form == Form::kPassword || form == Form::kLogLevel;
  }
  [[nodiscard]] std::string value(const RespControl& control) const;
};

enum class RespChange : uint8_t { kTry, kMake };

[[nodiscard]] std::span<const RespParameter> resp_parameters() noexcept;
// In any case of letters; null: there is none.
[[nodiscard]] const RespParameter* find_parameter(std::string_view name) noexcept;

// Changes it, or looks whether that could be. Empty, or what is wrong with the value.
// REQUIRES: parameter.can_change()
[[nodiscard]] std::string_view change_parameter(const RespParameter& parameter,
                                                std::string_view value, RespControl& control,
                                                RespChange change);

}  // namespace pelikan
