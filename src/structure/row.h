// Row: what a large collection keeps of an element, in memory of its own that nothing else shares:
//
//   [score 8] | name | [value]        name and value are cells
//
// A hash has names and values, and a score where a field expires; a set has names; a sorted set has
// names and scores. The handle says which parts there are, in the bits that an address leaves free.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "structure/cell.h"
#include "structure/memory.h"

namespace pelikan::structure {

class Row {
 public:
  Row() = default;  // none

  // value: null if rows of this collection have none.
  [[nodiscard]] static Row make(Account& account, const Element& name, const Element* value,
                                std::optional<double> score);
  void free(Account& account) noexcept { account.give_back(memory(), bytes()); }

  explicit operator bool() const noexcept { return bits_ != 0; }
  bool operator==(const Row&) const = default;

  [[nodiscard]] Cell name() const noexcept { return Cell(memory() + score_bytes()); }
  // REQUIRES: it has one
  [[nodiscard]] Cell value() const noexcept { return Cell(name().end()); }
  [[nodiscard]] bool has_score() const noexcept { return (bits_ & kScored) != 0; }
  // REQUIRES: it has one, as set_score
  [[nodiscard]] double score() const noexcept {
    double score = 0;
    std::memcpy(&score, memory(), sizeof score);
    return score;
  }
  void set_score(double score) noexcept { std::memcpy(memory(), &score, sizeof score); }
  // Writes another value in place of the old one, if the row stays as large as it is; false: it
  // does not.
  [[nodiscard]] bool overwrite(const Element& value) noexcept;

  [[nodiscard]] size_t bytes() const noexcept {
    const Cell last = (bits_ & kValued) != 0 ? value() : name();
    return static_cast<size_t>(last.end() - memory());
  }

 private:
  static constexpr uintptr_t kScored = 1;
  static constexpr uintptr_t kValued = 2;

  [[nodiscard]] char* memory() const noexcept {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the address and the two bits are one word
    return reinterpret_cast<char*>(bits_ & ~(kScored | kValued));
  }
  [[nodiscard]] size_t score_bytes() const noexcept { return has_score() ? sizeof(double) : 0; }

  uintptr_t bits_ = 0;
};

}  // namespace pelikan::structure
