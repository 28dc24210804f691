#include "buffer/input.h"

#include <cstring>

namespace pelikan {

void Input::move_to_front() noexcept {
  if (chunk_->begin == chunk_->bytes) return;
  const size_t size = bytes().size();
  std::memmove(chunk_->bytes, chunk_->begin, size);
  chunk_->begin = chunk_->bytes;
  chunk_->end = chunk_->bytes + size;
}

}  // namespace pelikan
