// Mix: which command is sent next, `get:90 set:10`, by weight.
//
//   get gets mget:WEIGHT:KEYS (a get of KEYS keys) gat gats touch
//   set mset:WEIGHT:KEYS add replace append prepend
//   cas (a gets, then a cas with the number it gave)
//   incr decr delete
//
// Thread safety: read-only after construction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "load/workload/random.h"
#include "load/workload/raw_command.h"
#include "load/workload/weighted_choice.h"
#include "load/workload/words.h"

namespace pelikan::load {

// What a cache's client asks for, in any protocol.
enum class Verb : uint8_t {
  kGet,
  kGets,
  kMget,
  kGat,
  kGats,
  kTouch,
  kSet,
  kMset,
  kAdd,
  kReplace,
  kAppend,
  kPrepend,
  kCas,
  kIncr,
  kDecr,
  kDelete,
  kRaw,   // a command as the user wrote it
  kFill,  // the one that stores a key, as the user wrote it
};
inline constexpr size_t kVerbs = 18;

[[nodiscard]] std::string_view verb_name(Verb verb) noexcept;
// None for "raw" and "fill", which name no command.
[[nodiscard]] std::optional<Verb> parse_verb(std::string_view name) noexcept;

// The words are the user's.
[[nodiscard]] constexpr bool is_written_by_user(Verb verb) noexcept {
  return verb == Verb::kRaw || verb == Verb::kFill;
}
// Carries a value of the client's.
[[nodiscard]] constexpr bool has_value(Verb verb) noexcept {
  switch (verb) {
    case Verb::kSet:
    case Verb::kMset:
    case Verb::kAdd:
    case Verb::kReplace:
    case Verb::kAppend:
    case Verb::kPrepend:
    case Verb::kCas:
      return true;
    case Verb::kGet:
    case Verb::kGets:
    case Verb::kMget:
    case Verb::kGat:
    case Verb::kGats:
    case Verb::kTouch:
    case Verb::kIncr:
    case Verb::kDecr:
    case Verb::kDelete:
    case Verb::kRaw:
    case Verb::kFill:
      return false;
  }
  return false;
}
// Answered with a value: a hit or a miss.
[[nodiscard]] constexpr bool reads_value(Verb verb) noexcept {
  return verb == Verb::kGet || verb == Verb::kGets || verb == Verb::kMget || verb == Verb::kGat ||
         verb == Verb::kGats;
}
// Changes a value into what the client did not send whole, so that nobody can verify it.
[[nodiscard]] bool alters_value(Verb verb) noexcept;
// Lets a value live on, from now; an mset's has no end.
[[nodiscard]] bool extends_life(Verb verb) noexcept;

class Mix {
 public:
  struct Entry {
    Verb verb;
    uint32_t keys;  // of one request: 1, more for an mget or mset
    double weight;
    std::optional<RawCommand> raw = std::nullopt;  // of kRaw
  };
  static constexpr uint32_t kMaxKeys = 1000;  // of one request

  // The verbs, and beside them commands as parse_raw_commands() reads them. Throws SetupError when
  // a text is wrong, or both name nothing with a weight.
  Mix(const Setting& verbs, const Setting& raw) : Mix(parse(verbs, raw)) {}

  [[nodiscard]] const Entry& draw(Random& random) const noexcept {
    return entries_[choice_.draw(random)];
  }
  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }

 private:
  explicit Mix(std::vector<Entry> entries);
  [[nodiscard]] static std::vector<Entry> parse(const Setting& verbs, const Setting& raw);

  std::vector<Entry> entries_;
  WeightedChoice choice_;
};

}  // namespace pelikan::load
