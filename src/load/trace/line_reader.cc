#include "load/trace/line_reader.h"

#include <fmt/format.h>

#include <cstring>

#include "base/setup_error.h"

namespace pelikan::load {

LineReader::LineReader(const std::string& path)
    : input_(Input::open(path)), buffer_(size_t{256} << 10, '\0') {}

bool LineReader::next(std::string_view& line) {
  size_t size = unread().find('\n');
  bool is_last = false;
  while (size == std::string_view::npos && !is_last) {
    const size_t searched = unread().size();
    is_last = !read_more();
    size = unread().find('\n', searched);
  }
  if (is_last && unread().empty()) return false;
  line = unread().substr(0, size);
  begin_ += line.size() + (is_last ? 0 : 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  ++number_;
  return true;
}

// Moves what is unread to the front, makes room if there is none, reads. False at the input's end.
bool LineReader::read_more() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ == buffer_.size()) {
    if (end_ >= kMaxLine) {
      ++number_;
      refuse(fmt::format("longer than {} bytes", kMaxLine));
    }
    buffer_.resize(buffer_.size() * 2);
  }
  const size_t count = input_->read(buffer_.data() + end_, buffer_.size() - end_);
  end_ += count;
  return count > 0;
}

void LineReader::refuse(std::string_view wrong) const {
  throw SetupError(ExitCode::kBadData, fmt::format("{}:{}: {}", input_->name(), number_, wrong));
}

}  // namespace pelikan::load
