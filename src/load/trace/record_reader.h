// RecordReader: the records of a binary input, all of one size, in whole blocks.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "load/trace/input.h"

namespace pelikan::load {

class RecordReader {
 public:
  RecordReader(const std::string& path, size_t record_size);

  // The next record, valid until the next call; nullptr at the end. Throws SetupError when the
  // input ends within a record, and as Input does.
  [[nodiscard]] const char* next() {
    if (begin_ == end_ && !fill()) return nullptr;
    const char* const record = block_.data() + begin_;
    begin_ += record_size_;
    ++number_;
    return record;
  }
  [[nodiscard]] uint64_t number() const noexcept { return number_; }  // records given so far

 private:
  [[nodiscard]] bool fill();

  std::unique_ptr<Input> input_;
  size_t record_size_;
  std::vector<char> block_;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t number_ = 0;
};

}  // namespace pelikan::load
