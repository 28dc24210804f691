// The small languages of the workload options: words between white space, with numbers and units.
//
//   popularity: hotset 10 90        value_size: list 32:50,1k:40        schedule: const 20k 30s
//
// What cannot be read throws a SetupError that names the option, its text, what is wrong and what
// is allowed.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "option/option.h"

namespace pelikan::load {

// The text of an option, with the name to use in complaints.
struct Setting {
  Setting(std::string_view option, std::string_view words) : name(option), text(words) {}
  explicit Setting(const Option<std::string>& option) : name(option.name()), text(option.get()) {}
  // Throws "NAME: 'TEXT' is refused: WRONG; allowed: ALLOWED"; the last part only when there is
  // one.
  [[noreturn]] void refuse(std::string_view wrong, std::string_view allowed = {}) const;

  std::string_view name;
  std::string_view text;
};

// Numbers with units; empty when the text is none. Fractions are fine: 1.5k.
[[nodiscard]] std::optional<double> parse_decimal(std::string_view text) noexcept;
[[nodiscard]] std::optional<double> parse_count(std::string_view text) noexcept;    // k, M, G: 1000
[[nodiscard]] std::optional<double> parse_size(std::string_view text) noexcept;     // k, M, G: 1024
[[nodiscard]] std::optional<double> parse_seconds(std::string_view text) noexcept;  // us .. d, or s

// The parts between separators; an empty text has none, otherwise n separators make n + 1 parts.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// Without white space at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

// Reads the words of a setting in turn.
class Words {
 public:
  using Parse = std::optional<double> (*)(std::string_view) noexcept;

  // REQUIRES: `allowed` lists the forms the setting may have
  Words(const Setting& setting, std::string_view allowed)
      : setting_(setting), allowed_(allowed), rest_(trimmed(setting.text)) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  // The next word, or an empty one at the end.
  std::string_view word() noexcept;
  // Takes the next word if it is this one.
  bool take(std::string_view word) noexcept;
  // The next word as a number between two, `what` names it in complaints.
  double number(Parse parse, std::string_view what, double min,
                double max = std::numeric_limits<double>::infinity());
  // All that is left as one word.
  std::string_view rest() noexcept;
  // Complains about words that are left.
  void end() const;
  [[noreturn]] void refuse(std::string_view wrong) const { setting_.refuse(wrong, allowed_); }

 private:
  Setting setting_;
  std::string_view allowed_;
  std::string_view rest_;
};

// A list `VALUE:WEIGHT,VALUE:WEIGHT` read from the words' next word.
struct Weighted {
  double value;
  double weight;
};
[[nodiscard]] std::vector<Weighted> weighted_list(Words& words, Words::Parse parse_value);

}  // namespace pelikan::load
