// Input: a connection's received bytes that are not consumed yet, contiguous, in at most one chunk,
// which is borrowed when bytes are at hand and given back as soon as it is empty.
//
// Thread safety: its worker only.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/assertion.h"
#include "buffer/buffer_pool.h"

namespace pelikan {

class Input {
 public:
  explicit Input(BufferPool& pool) noexcept : pool_(pool) {}
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() { clear(); }

  // Where the next bytes go. Empty: is_full(), or the pool has no chunk. Unconsumed bytes move to
  // the front when less than half of the chunk is left, so a long request is moved a few times at
  // most.
  [[nodiscard]] std::span<char> room() noexcept {
    if (chunk_ == nullptr) {
      chunk_ = pool_.borrow_for_input();
      if (chunk_ == nullptr) return {};
      chunk_->begin = chunk_->end = chunk_->bytes;
    }
    if (after_end() < Chunk::kRoom / 2) move_to_front();
    return {chunk_->end, after_end()};
  }
  // n bytes were written at the start of room().
  void commit(size_t n) noexcept {
    DCHECK(chunk_ != nullptr && n <= after_end());
    chunk_->end += n;
    if (n == 0 && bytes().empty()) clear();
  }

  // The unconsumed bytes; Chunk::kSlack more behind them may be read. Valid until the next
  // non-const call.
  [[nodiscard]] std::string_view bytes() const noexcept {
    return chunk_ == nullptr
               ? std::string_view()
               : std::string_view(chunk_->begin, static_cast<size_t>(chunk_->end - chunk_->begin));
  }
  void consume(size_t n) noexcept {
    DCHECK(n <= bytes().size());
    if (n == bytes().size()) return clear();
    chunk_->begin += n;
  }
  // The unconsumed bytes fill a whole chunk: no more can come before some are consumed.
  [[nodiscard]] bool is_full() const noexcept { return bytes().size() == Chunk::kRoom; }
  void clear() noexcept {
    if (chunk_ == nullptr) return;
    pool_.give_back(chunk_);
    chunk_ = nullptr;
  }

 private:
  [[nodiscard]] size_t after_end() const noexcept {
    return static_cast<size_t>(chunk_->bytes + Chunk::kRoom - chunk_->end);
  }
  void move_to_front() noexcept;

  BufferPool& pool_;
  Chunk* chunk_ = nullptr;
};

}  // namespace pelikan
