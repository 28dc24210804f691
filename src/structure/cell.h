// Cells: how collections keep their elements, packed and large ones alike. An element is a text of
// any bytes; one that is a 64-bit number, written as Redis writes numbers, is kept as the number.
//
//   first byte   behind it            the element
//   00..7f       the text             a text of 0..127 bytes
//   80..bf                            the number 0..63
//   c0..df       1 byte               a number 64..8255, upper bits in the first byte
//   e0           4 bytes, the text    a text, and its length
//   e1..e8       1..8 bytes           any other number, in as few bytes as hold it
//   e9           8 bytes              a score that is no such number: an IEEE double
//   f0..ff       1 byte, the text     a text of 128..4223 bytes, upper bits in the first byte
//
// Numbers of several bytes are little endian. Equal elements have equal cells, so an element is
// encoded once and then looked for by its bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.h"
#include "base/hash.h"

namespace pelikan::structure {

// An element's text: a view of the cell, or the digits of its number, which are kept here.
class Text {
 public:
  explicit Text(std::string_view bytes) noexcept : bytes_(bytes) {}
  explicit Text(int64_t number) noexcept;

  // Valid as long as this, and as the cell.
  [[nodiscard]] std::string_view view() const noexcept {
    return size_ == 0 ? bytes_ : std::string_view(digits_.data(), size_);
  }

 private:
  std::string_view bytes_;
  std::array<char, kMaxDecimal + 1> digits_;
  uint8_t size_ = 0;
};

// A view of an encoded element. REQUIRES: a whole cell behind the pointer
class Cell {
 public:
  explicit Cell(const char* at) noexcept : at_(at) {}

  // Whether what begins at `at` is a cell that ends before `end`.
  [[nodiscard]] static bool is_valid(const char* at, const char* end) noexcept;

  [[nodiscard]] const char* data() const noexcept { return at_; }
  [[nodiscard]] const char* end() const noexcept { return at_ + size(); }
  // Encoded bytes.
  [[nodiscard]] size_t size() const noexcept {
    const unsigned first = byte(0);
    if (first < 0x80) return 1 + first;
    if (first < 0xc0) return 1;
    return long_size(first);
  }
  [[nodiscard]] bool is_number() const noexcept {
    return byte(0) >= 0x80 && byte(0) <= 0xe8 && byte(0) != 0xe0;
  }
  // REQUIRES: is_number()
  [[nodiscard]] int64_t number() const noexcept {
    const unsigned first = byte(0);
    if (first < 0xc0) return first - 0x80;
    if (first < 0xe0) return 64 + ((first - 0xc0) << 8U | byte(1));
    return long_number(first);
  }
  // REQUIRES: written by Element::of_score()
  [[nodiscard]] double score() const noexcept {
    return is_number() ? static_cast<double>(number()) : real_score();
  }
  [[nodiscard]] bool is_score() const noexcept { return is_number() || byte(0) == 0xe9; }
  // REQUIRES: not a score that is no number
  [[nodiscard]] Text text() const noexcept {
    return is_number() ? Text(number()) : Text(text_bytes());
  }
  // The order of the texts, byte by byte: less than, equal to or more than 0.
  [[nodiscard]] int compare(Cell other) const noexcept;
  [[nodiscard]] uint64_t hash(const KeyedHash& hash) const noexcept;

 private:
  friend class Element;
  [[nodiscard]] unsigned byte(size_t i) const noexcept { return static_cast<uint8_t>(at_[i]); }
  [[nodiscard]] size_t long_size(unsigned first) const noexcept;
  [[nodiscard]] int64_t long_number(unsigned first) const noexcept;
  [[nodiscard]] double real_score() const noexcept;
  // REQUIRES: a text
  [[nodiscard]] std::string_view text_bytes() const noexcept;

  const char* at_;
};

// An element on its way into a collection, or looked for in one. Its text stays where it was.
class Element {
 public:
  // REQUIRES: fewer than 4 GiB
  explicit Element(std::string_view text) noexcept;
  explicit Element(int64_t number) noexcept;
  explicit Element(Cell cell) noexcept;
  // REQUIRES: a number
  [[nodiscard]] static Element of_score(double score) noexcept;

  // Of its cell.
  [[nodiscard]] size_t size() const noexcept { return head_size_ + body_.size(); }
  // Returns the end. REQUIRES: size() bytes at `to`
  char* write(char* to) const noexcept;
  [[nodiscard]] bool is_in(Cell cell) const noexcept {
    if (cell.data()[0] != head_[0]) return false;
    if (head_size_ > 1) return is_in_long(cell);
    return body_.empty() || std::memcmp(cell.data() + 1, body_.data(), body_.size()) == 0;
  }
  [[nodiscard]] bool is_number() const noexcept { return Cell(head_.data()).is_number(); }
  // REQUIRES: is_number()
  [[nodiscard]] int64_t number() const noexcept { return Cell(head_.data()).number(); }
  [[nodiscard]] Text text() const noexcept { return is_number() ? Text(number()) : Text(body_); }
  [[nodiscard]] uint64_t hash(const KeyedHash& hash) const noexcept;

 private:
  Element() noexcept = default;
  [[nodiscard]] bool is_in_long(Cell cell) const noexcept;
  void encode_text(std::string_view text) noexcept;
  void encode_number(int64_t number) noexcept;

  std::array<char, 9> head_;
  uint8_t head_size_ = 0;
  std::string_view body_;
};

}  // namespace pelikan::structure
