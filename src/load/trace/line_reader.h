// LineReader: the lines of an input, with their numbers.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "load/trace/input.h"

namespace pelikan::load {

class LineReader {
 public:
  static constexpr size_t kMaxLine = size_t{16} << 20;

  explicit LineReader(const std::string& path);

  // The next line without its end (\n or \r\n), valid until the next call; false at the end.
  // Throws SetupError on a line above kMaxLine, and as Input does.
  [[nodiscard]] bool next(std::string_view& line);

  // Throws a SetupError that the current line is wrong.
  [[noreturn]] void refuse(std::string_view wrong) const;

 private:
  [[nodiscard]] bool read_more();
  [[nodiscard]] std::string_view unread() const noexcept {
    return {buffer_.data() + begin_, end_ - begin_};
  }

  std::unique_ptr<Input> input_;
  std::string buffer_;
  size_t begin_ = 0;  // of what is unread
  size_t end_ = 0;
  uint64_t number_ = 0;
};

}  // namespace pelikan::load
