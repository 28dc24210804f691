#include "load/trace/record_reader.h"

#include <fmt/format.h>

#include "base/setup_error.h"

namespace pelikan::load {

RecordReader::RecordReader(const std::string& path, size_t record_size)
    : input_(Input::open(path)), record_size_(record_size), block_(record_size * 8192) {}

bool RecordReader::fill() {
  begin_ = end_ = 0;
  while (end_ == 0 || end_ % record_size_ != 0) {
    const size_t count = input_->read(block_.data() + end_, block_.size() - end_);
    if (count == 0) break;
    end_ += count;
  }
  if (end_ % record_size_ != 0) {
    throw SetupError(
        ExitCode::kBadData,
        fmt::format("{}: record {} ends after {} of {} bytes", input_->name(),
                    number_ + end_ / record_size_ + 1, end_ % record_size_, record_size_));
  }
  return end_ > 0;
}

}  // namespace pelikan::load
