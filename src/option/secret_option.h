// SecretOption: a text that nobody is shown. Where options are listed, it says only whether there
// is one.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "option/option.h"

namespace pelikan {

class SecretOption final : public OptionBase {
 public:
  using OptionBase::OptionBase;

  [[nodiscard]] const std::string& get() const noexcept { return value_; }
  void set(std::string value) { value_ = std::move(value); }

  [[nodiscard]] std::string type_text() const override { return "text"; }
  [[nodiscard]] std::string default_text() const override { return {}; }
  [[nodiscard]] std::string current_text() const override {
    return value_.empty() ? "" : "(not shown)";
  }
  [[nodiscard]] std::string range_text() const override { return {}; }
  [[nodiscard]] std::string parse(std::string_view text) override {
    value_ = text;
    return {};
  }

 private:
  std::string value_;
};

}  // namespace pelikan
