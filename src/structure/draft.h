// Draft: the next bytes of a packed collection. A command begins with a copy of the published
// bytes, changes it as often as it has arguments, and then stores bytes(), whose size is known; the
// memory is the worker's and used again and again.
//
// Thread safety: none. Views of a draft end with the next change, so no element that is put into it
// may stand in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "structure/packed.h"

namespace pelikan::structure {

class Draft {
 public:
  // REQUIRES: Packed::is_valid(packed)
  void load(std::string_view packed) { bytes_.assign(packed); }
  void clear(PackedKind kind);

  [[nodiscard]] Packed packed() const noexcept { return Packed(bytes_); }
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
  [[nodiscard]] size_t size() const noexcept { return packed().size(); }

 protected:
  Draft() = default;

  // Puts `insert` bytes in place of `drop` bytes; where they are to be written. `at` is within
  // bytes().
  char* splice(const char* at, size_t drop, size_t insert) {
    const auto offset = static_cast<size_t>(at - bytes_.data());
    bytes_.replace(offset, drop, insert, '\0');
    return bytes_.data() + offset;
  }
  // Puts a row in place of `drop` bytes, which are whole rows.
  template <class... Elements>
  void put_row(const char* at, size_t drop, const Elements&... elements) {
    const bool has_length = shape_of(packed().kind()).has_length;
    const size_t cells = (elements.size() + ...);
    char* to = splice(at, drop, cells + (has_length ? length_size(cells) : 0));
    ((to = elements.write(to)), ...);
    if (has_length) write_length(to, cells);
  }
  // REQUIRES: no more than Packed::kMaxRows
  void set_rows(size_t rows);
  void add_rows(size_t more) { set_rows(size() + more); }
  void drop_rows(size_t fewer) { set_rows(size() - fewer); }
  void set_kind(PackedKind kind) noexcept { bytes_[0] = static_cast<char>(kind); }

  // Everything so far becomes before(), and the draft is empty.
  void start_over(PackedKind kind);
  [[nodiscard]] std::string_view before() const noexcept { return before_; }

  std::string bytes_;

 private:
  std::string before_;
};

}  // namespace pelikan::structure
