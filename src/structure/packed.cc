#include "structure/packed.h"

#include <cmath>

#include "base/assertion.h"

namespace pelikan::structure {
namespace {

constexpr size_t kMaxLengthBytes = 5;

bool is_kind(char byte) noexcept {
  const auto kind = static_cast<uint8_t>(byte);
  return kind >= static_cast<uint8_t>(PackedKind::kList) &&
         kind <= static_cast<uint8_t>(PackedKind::kIntegers8);
}

bool are_ascending_integers(const char* at, const char* end, size_t width, size_t rows) noexcept {
  if (static_cast<size_t>(end - at) != rows * width) return false;
  const unsigned unused = static_cast<unsigned>(64 - 8 * width);
  int64_t last = 0;
  for (size_t i = 0; i < rows; ++i, at += width) {
    uint64_t bits = 0;
    std::memcpy(&bits, at, width);
    const int64_t number = static_cast<int64_t>(bits << unused) >> unused;
    if (i > 0 && number <= last) return false;
    last = number;
  }
  return true;
}

// Walks rows of bytes that may be anything.
class RowCheck {
 public:
  RowCheck(PackedKind kind, const char* at, const char* end) noexcept
      : kind_(kind), shape_(shape_of(kind)), at_(at), end_(end) {}

  [[nodiscard]] bool is_at_end() const noexcept { return at_ == end_; }
  // Steps over a row; false: it is none.
  bool step() noexcept {
    const char* const row = at_;
    for (unsigned i = 0; i < shape_.cells; ++i) {
      if (!Cell::is_valid(at_, end_) || !fits(Cell(at_), i)) return false;
      at_ = Cell(at_).end();
    }
    if (shape_.has_length && !skip_length(static_cast<size_t>(at_ - row))) return false;
    return kind_ != PackedKind::kSortedSet || is_behind_last(row);
  }

 private:
  [[nodiscard]] bool fits(Cell cell, unsigned column) const noexcept {
    const bool is_score = kind_ == PackedKind::kSortedSet && column == 1;
    if (is_score) return cell.is_score() && !std::isnan(cell.score());
    const bool is_expiry = kind_ == PackedKind::kExpiringHash && column == 2;
    if (is_expiry) return cell.is_number() && cell.number() >= 0;
    return cell.is_number() || !cell.is_score();
  }
  bool skip_length(size_t cells) noexcept {
    char written[kMaxLengthBytes];
    const auto size = static_cast<size_t>(write_length(written, cells) - written);
    if (static_cast<size_t>(end_ - at_) < size || std::memcmp(at_, written, size) != 0)
      return false;
    at_ += size;
    return true;
  }
  bool is_behind_last(const char* row) noexcept {
    const Cell member(row);
    const double score = Cell(member.end()).score();
    const bool is_behind = last_ == nullptr || last_score_ < score ||
                           (last_score_ == score && Cell(last_).compare(member) < 0);
    last_ = row;
    last_score_ = score;
    return is_behind;
  }

  PackedKind kind_;
  RowShape shape_;
  const char* at_;
  const char* end_;
  const char* last_ = nullptr;  // of a sorted set
  double last_score_ = 0;
};

}  // namespace

char* write_length(char* to, size_t cells) noexcept {
  const size_t bytes = length_size(cells);
  for (size_t i = bytes; i-- > 0; cells >>= 7U) {
    to[i] = static_cast<char>((cells & 0x7fU) | (i > 0 ? 0x80U : 0U));
  }
  return to + bytes;
}

const char* row_before(const char* end) noexcept {
  size_t cells = 0;
  unsigned shift = 0;
  unsigned byte = 0;
  do {
    byte = static_cast<uint8_t>(*--end);
    cells |= size_t{byte & 0x7fU} << shift;
    shift += 7;
  } while ((byte & 0x80U) != 0);
  return end - cells;
}

bool Packed::is_valid(std::string_view bytes) noexcept {
  if (bytes.size() < kHead || !is_kind(bytes[0])) return false;
  const Packed packed(bytes);
  if (const size_t width = integer_width(packed.kind()); width != 0) {
    return are_ascending_integers(packed.begin(), packed.end(), width, packed.size());
  }
  RowCheck check(packed.kind(), packed.begin(), packed.end());
  for (size_t i = 0; i < packed.size(); ++i) {
    if (!check.step()) return false;
  }
  return check.is_at_end();
}

const char* Packed::find_row(const Element& first) const noexcept {
  const RowShape shape = shape_of(kind());
  const char* row = begin();
  for (size_t left = size(); left > 0; --left, row = row_after(row, shape)) {
    if (first.is_in(Cell(row))) return row;
  }
  return nullptr;
}

const char* Packed::row_at(size_t index) const noexcept {
  DCHECK(index <= size());
  const size_t behind = size() - index;
  if (shape_of(kind()).has_length && behind < index) {
    const char* row = end();
    for (size_t i = 0; i < behind; ++i) row = row_before(row);
    return row;
  }
  const RowShape shape = shape_of(kind());
  const char* row = begin();
  for (size_t i = 0; i < index; ++i) row = row_after(row, shape);
  return row;
}

}  // namespace pelikan::structure
