// Options, declared in one table per module:
//
//   struct SegOptions : OptionGroup {
//     Option<Bytes> memory{this, "seg_memory", {64 * kMiB}, "all memory of the store", {8 * kMiB, kTiB}};
//     Option<bool> cas{this, "seg_cas", true, "..."};
//     Option<Choice> eviction{this, "seg_eviction", "fifo", "...", {"none", "fifo"}};
//   };
//
// The name is the config key, the command line flag (--seg_memory 1GiB) and the row in `-c`. Options are
// read in constructors, never per request.
//
// Thread safety: set before the threads start, read-only afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace pelikan {

class OptionGroup;

// The types an option may have:
//   bool                        yes | no
//   uint64_t, int64_t           decimal
//   double                      decimal
//   Bytes                       decimal with optional unit B, KiB, MiB, GiB, TiB (k, m, g, KB, MB, GB: 1024 too)
//   std::chrono::milliseconds   decimal with unit ms, s, m, h, d (no unit: seconds)
//   std::string                 text, maybe empty
//   Choice                      one of a list of words
struct Bytes {
  uint64_t value = 0;
  friend auto operator<=>(const Bytes&, const Bytes&) = default;
};
struct Choice {
  std::string word;
};

// One row: what does not depend on the type.
class OptionBase {
 public:
  OptionBase(OptionGroup* group, std::string_view name, std::string_view help);
  virtual ~OptionBase() = default;
  OptionBase(const OptionBase&) = delete;
  OptionBase& operator=(const OptionBase&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::string_view help() const noexcept { return help_; }
  [[nodiscard]] virtual std::string type_text() const = 0;     // "bytes", "yes|no", ...
  [[nodiscard]] virtual std::string default_text() const = 0;  // as it would stand in a file
  [[nodiscard]] virtual std::string current_text() const = 0;
  [[nodiscard]] virtual std::string range_text() const = 0;    // "8MiB..1TiB", empty when anything goes
  // Sets from text. Returns an empty string, or what is wrong with it ("not a number of bytes").
  [[nodiscard]] virtual std::string parse(std::string_view text) = 0;

 private:
  std::string_view name_;
  std::string_view help_;
};

// Option<T> has a value of T: `options.memory.get()`, and `set()` for tests and for a server's own defaults
// (`set_default()` in main.cc, before the config is read). Ranges are inclusive; see option.cc for the units.
template <class T>
class Option;

class OptionGroup {
 public:
  OptionGroup() = default;
  OptionGroup(const OptionGroup&) = delete;
  OptionGroup& operator=(const OptionGroup&) = delete;

  [[nodiscard]] const std::vector<OptionBase*>& options() const noexcept { return options_; }

 private:
  friend class OptionBase;
  std::vector<OptionBase*> options_;
};

}  // namespace pelikan
