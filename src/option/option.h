// Options, declared in one table per module:
//
//   struct SegOptions : OptionGroup {
//     Option<Bytes> memory{this, "seg_memory", {64 * kMiB}, "all memory of the store", {8 * kMiB,
//     kTiB}}; Option<bool> cas{this, "seg_cas", true, "..."}; Option<Choice> eviction{this,
//     "seg_eviction", "fifo", "...", {"none", "fifo"}};
//   };
//
// The name is the config key, the command line flag (--seg_memory 1GiB) and the row in `-c`.
// Options are read in constructors, never per request.
//
// Thread safety: set before the threads start, read-only afterwards.
#pragma once

#include <chrono>
#include <compare>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace pelikan {

class OptionGroup;

// The types an option may have:
//   bool                        yes | no
//   uint64_t, int64_t           decimal
//   double                      decimal
//   Bytes                       decimal with optional unit B, KiB, MiB, GiB, TiB (k, m, g, KB, MB,
//   GB: 1024 too) std::chrono::milliseconds   decimal with unit ms, s, m, h, d (no unit: seconds)
//   std::string                 text, maybe empty
//   Choice                      one of a list of words
struct Bytes {
  uint64_t value = 0;
  friend auto operator<=>(const Bytes&, const Bytes&) = default;
};
struct Choice {
  std::string word;
  friend bool operator==(const Choice& choice, std::string_view text) noexcept {
    return choice.word == text;
  }
};

// One row: what does not depend on the type.
class OptionBase {
 public:
  // REQUIRES: name and help are literals or outlive the option; a name is [a-z0-9_.]+
  OptionBase(OptionGroup* group, std::string_view name, std::string_view help);
  virtual ~OptionBase() = default;
  OptionBase(const OptionBase&) = delete;
  OptionBase& operator=(const OptionBase&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::string_view help() const noexcept { return help_; }
  [[nodiscard]] virtual std::string type_text() const = 0;     // "bytes", "yes|no", ...
  [[nodiscard]] virtual std::string default_text() const = 0;  // as it would stand in a file
  [[nodiscard]] virtual std::string current_text() const = 0;
  [[nodiscard]] virtual std::string range_text()
      const = 0;  // "8MiB..1TiB", empty when anything goes
  // Sets from text. Returns an empty string, or what is wrong with it ("not a number of bytes (like
  // 64MiB)"); then the value is what it was.
  [[nodiscard]] virtual std::string parse(std::string_view text) = 0;

 private:
  std::string_view name_;
  std::string_view help_;
};

// A flag of the command line without a value, for this start alone: `--format-pool`. It cannot
// stand in a config file, so that no later start repeats it.
class OneShot {
 public:
  // REQUIRES: as OptionBase, but a name is [a-z0-9-]+
  OneShot(OptionGroup* group, std::string_view name, std::string_view help);
  OneShot(const OneShot&) = delete;
  OneShot& operator=(const OneShot&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::string_view help() const noexcept { return help_; }
  [[nodiscard]] bool is_given() const noexcept { return is_given_; }
  void give() noexcept { is_given_ = true; }

 private:
  std::string_view name_;
  std::string_view help_;
  bool is_given_ = false;
};

class OptionGroup {
 public:
  OptionGroup() = default;
  OptionGroup(const OptionGroup&) = delete;
  OptionGroup& operator=(const OptionGroup&) = delete;

  [[nodiscard]] const std::vector<OptionBase*>& options() const noexcept { return options_; }
  [[nodiscard]] const std::vector<OneShot*>& one_shots() const noexcept { return one_shots_; }

 private:
  friend class OptionBase;
  friend class OneShot;
  std::vector<OptionBase*> options_;
  std::vector<OneShot*> one_shots_;
};

template <class T>
concept Ranged = std::same_as<T, uint64_t> || std::same_as<T, int64_t> || std::same_as<T, double> ||
                 std::same_as<T, Bytes> || std::same_as<T, std::chrono::milliseconds>;

// Inclusive.
template <class T>
struct Range {
  T min;
  T max;
};
template <>
struct Range<Bytes> {  // {8 * kMiB, kTiB}
  constexpr Range(uint64_t min_bytes, uint64_t max_bytes) noexcept
      : min{min_bytes}, max{max_bytes} {}
  Bytes min;
  Bytes max;
};

// An option of type T: `options.memory.get()`. set() is for tests, set_default() for a server's own
// defaults (in main.cc, before the config is read). Both CHECK the range.
template <class T>
class Option final : public OptionBase {
 public:
  Option(OptionGroup* group, std::string_view name, T value, std::string_view help);
  Option(OptionGroup* group, std::string_view name, T value, std::string_view help, Range<T> range)
    requires Ranged<T>;

  [[nodiscard]] const T& get() const noexcept { return value_; }
  void set(T value);
  void set_default(T value);

  [[nodiscard]] std::string type_text() const override;
  [[nodiscard]] std::string default_text() const override;
  [[nodiscard]] std::string current_text() const override;
  [[nodiscard]] std::string range_text() const override;
  [[nodiscard]] std::string parse(std::string_view text) override;

 private:
  [[nodiscard]] bool in_range(const T& value) const;

  T default_;
  T value_;
  std::optional<Range<T>> range_;
};

template <>
class Option<Choice> final : public OptionBase {
 public:
  Option(OptionGroup* group, std::string_view name, std::string_view word, std::string_view help,
         std::initializer_list<std::string_view> words);

  [[nodiscard]] const Choice& get() const noexcept { return value_; }
  void set(std::string_view word);
  void set_default(std::string_view word);

  [[nodiscard]] std::string type_text() const override;
  [[nodiscard]] std::string default_text() const override { return default_.word; }
  [[nodiscard]] std::string current_text() const override { return value_.word; }
  [[nodiscard]] std::string range_text() const override;  // "none|fifo"
  [[nodiscard]] std::string parse(std::string_view text) override;

 private:
  std::vector<std::string_view> words_;
  Choice default_;
  Choice value_;
};

// The instances live in option.cc.
extern template class Option<bool>;
extern template class Option<uint64_t>;
extern template class Option<int64_t>;
extern template class Option<double>;
extern template class Option<Bytes>;
extern template class Option<std::chrono::milliseconds>;
extern template class Option<std::string>;

}  // namespace pelikan
