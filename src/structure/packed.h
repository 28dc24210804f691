// Packed collections: a small collection's rows in one contiguous value.
//
//   kind 1 | rows 2 | row, row, ...      a row: its cells, and in some kinds its length, see
//   shape_of kind 1 | rows 2 | number, number     sets of whole numbers: all 2, 4 or 8 bytes wide,
//   ascending
//
// Published bytes never change: a Draft makes the next ones. Large collections have their own
// forms (big_list.h and the others), to which Limits say when to go over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "structure/cell.h"

namespace pelikan::structure {

enum class PackedKind : uint8_t {
  kList = 1,
  kHash,          // name, value
  kExpiringHash,  // name, value, when the field expires or 0
  kSet,
  kSortedSet,  // member, score; ascending by score, then by member
  kIntegers2,  // sets of numbers, of 2, 4 and 8 bytes
  kIntegers4,
  kIntegers8,
};

struct RowShape {
  unsigned cells;
  bool has_length;  // behind them, so that one can walk backwards
};
[[nodiscard]] constexpr RowShape shape_of(PackedKind kind) noexcept {
  switch (kind) {
    case PackedKind::kList:
      return {.cells = 1, .has_length = true};
    case PackedKind::kHash:
      return {.cells = 2, .has_length = false};
    case PackedKind::kExpiringHash:
      return {.cells = 3, .has_length = false};
    case PackedKind::kSet:
      return {.cells = 1, .has_length = false};
    case PackedKind::kSortedSet:
      return {.cells = 2, .has_length = true};
    case PackedKind::kIntegers2:
    case PackedKind::kIntegers4:
    case PackedKind::kIntegers8:
      break;
  }
  return {.cells = 0, .has_length = false};
}

// Bytes of a number; 0: no set of numbers.
[[nodiscard]] constexpr size_t integer_width(PackedKind kind) noexcept {
  if (kind < PackedKind::kIntegers2) return 0;
  return size_t{2} << (static_cast<unsigned>(kind) - static_cast<unsigned>(PackedKind::kIntegers2));
}

enum class Direction : uint8_t { kForward, kBackward };

// A row's length, of its cells alone, written so that it is read from its end: 7 bits a byte, the
// last byte first, each but the first with its upper bit set when another stands before it.
[[nodiscard]] constexpr size_t length_size(size_t cells) noexcept {
  size_t bytes = 1;
  for (; cells >= 128; cells >>= 7U) ++bytes;
  return bytes;
}
char* write_length(char* to, size_t cells) noexcept;
// The row that ends here.
[[nodiscard]] const char* row_before(const char* end) noexcept;

// A row of one cell and its length: of lists.
[[nodiscard]] inline const char* list_row_after(const char* row) noexcept {
  const size_t cell = Cell(row).size();
  return row + cell + length_size(cell);
}
[[nodiscard]] inline size_t list_row_size(const Element& element) noexcept {
  return element.size() + length_size(element.size());
}
inline char* write_list_row(char* to, const Element& element) noexcept {
  return write_length(element.write(to), element.size());
}

// When a collection is too large to be packed: with more rows or bytes, or a longer element. Every
// change writes all of a packed collection anew, docs/decisions/0011-collections.md has the cost.
struct Limits {
  size_t rows = 128;
  size_t bytes = 2048;
  size_t element_bytes = 64;
};

// A view of packed bytes, of any kind.
class Packed {
 public:
  static constexpr size_t kHead = 3;
  static constexpr size_t kMaxRows = UINT16_MAX;

  // REQUIRES: is_valid(bytes)
  explicit Packed(std::string_view bytes) noexcept : bytes_(bytes) {}

  // Whether every row lies within the bytes and is what its kind asks for: bytes from anywhere may
  // be asked. Elements that stand twice are not noticed.
  [[nodiscard]] static bool is_valid(std::string_view bytes) noexcept;

  [[nodiscard]] PackedKind kind() const noexcept { return static_cast<PackedKind>(bytes_[0]); }
  [[nodiscard]] size_t size() const noexcept {
    uint16_t rows = 0;
    std::memcpy(&rows, bytes_.data() + 1, sizeof rows);
    return rows;
  }
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
  // With so many elements; their own lengths are asked beforehand.
  [[nodiscard]] bool is_within(const Limits& limits) const noexcept {
    return size() <= limits.rows && bytes_.size() <= limits.bytes;
  }

 protected:
  friend class Draft;
  [[nodiscard]] const char* begin() const noexcept { return bytes_.data() + kHead; }
  [[nodiscard]] const char* end() const noexcept { return bytes_.data() + bytes_.size(); }
  // REQUIRES, as all of these: rows, not a set of numbers
  [[nodiscard]] static const char* row_after(const char* row, RowShape shape) noexcept {
    const char* at = row;
    for (unsigned i = 0; i < shape.cells; ++i) at = Cell(at).end();
    return shape.has_length ? at + length_size(static_cast<size_t>(at - row)) : at;
  }
  [[nodiscard]] const char* row_after(const char* row) const noexcept {
    return row_after(row, shape_of(kind()));
  }
  // The row whose first cell is this; null: none.
  [[nodiscard]] const char* find_row(const Element& first) const noexcept;
  // From the nearer end, where rows have lengths; index == size(): the end.
  [[nodiscard]] const char* row_at(size_t index) const noexcept;

  // Shows so many rows from `first` on, backwards only where they have lengths.
  template <class Visit>
  void visit_rows(size_t first, size_t count, Direction direction, Visit&& visit) const {
    if (count == 0) return;
    const RowShape shape = shape_of(kind());
    const char* row = row_at(first);
    for (;;) {
      visit(row);
      if (--count == 0) return;
      row = direction == Direction::kForward ? row_after(row, shape) : row_before(row);
    }
  }

  std::string_view bytes_;
};

}  // namespace pelikan::structure
