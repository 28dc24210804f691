#include "buffer/output.h"

#include <algorithm>
#include <utility>

namespace pelikan {

// A further chunk is granted only while more are free than the output holds: the less is free, the
// less each stalled reader keeps, and one alone never takes everything.
bool Output::may_extend() const noexcept {
  if (size() >= kHighWatermark) {
    refusal_ = Refusal::kFull;
    return false;
  }
  if (tail_room() >= kReplyReserve || pool_.available() > chunks_) return true;
  refusal_ = Refusal::kNoMemory;
  pool_.refuse();
  return false;
}

bool Output::may_extend_by(size_t n) const noexcept {
  // Every chunk may end in a gap that was too short for a reserve().
  const size_t chunks = n / (Chunk::kRoom - kReplyReserve) + 1;
  if (chunks <= pool_.available()) return true;
  refusal_ = Refusal::kNoMemory;
  pool_.refuse();
  return false;
}

void Output::extend() noexcept {
  Chunk* chunk = pool_.borrow();
  CHECK(chunk != nullptr);  // has_room() or can_take() was not asked
  chunk->next = nullptr;
  chunk->begin = chunk->bytes;
  if (tail_ == nullptr) {
    head_ = chunk;
  } else {
    tail_->end = cursor_;
    tail_->next = chunk;
    sealed_ += static_cast<size_t>(cursor_ - tail_->begin);
  }
  tail_ = chunk;
  chunks_ += 1;
  cursor_ = chunk->bytes;
  limit_ = chunk->bytes + Chunk::kRoom;
  place_stop();
}

void Output::append_across(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    if (tail_room() == 0) extend();
    const size_t part = std::min(bytes.size(), tail_room());
    std::memcpy(cursor_, bytes.data(), part);
    cursor_ += part;
    bytes.remove_prefix(part);
  }
}

std::span<const iovec> Output::pending() noexcept {
  if (size() == 0) {
    clear();
    return {};
  }
  tail_->end = cursor_;
  size_t count = 0;
  for (Chunk* chunk = head_; chunk != nullptr && count < BufferPool::kPieces; chunk = chunk->next) {
    pool_.pieces[count++] = {chunk->begin, static_cast<size_t>(chunk->end - chunk->begin)};
  }
  return {pool_.pieces.data(), count};
}

void Output::drop(size_t n) noexcept {
  DCHECK(n <= size());
  if (n == size()) return clear();
  while (head_ != tail_) {
    const auto held = static_cast<size_t>(head_->end - head_->begin);
    if (n < held) break;
    n -= held;
    sealed_ -= held;
    give_back_head();
  }
  head_->begin += n;
  if (head_ != tail_) sealed_ -= n;
  place_stop();
}

void Output::cut(size_t n) noexcept {
  DCHECK(n <= size());
  if (n == 0) return clear();
  tail_->end = cursor_;
  Chunk* chunk = head_;
  size_t before = 0;  // unsent bytes in the chunks before this one
  for (auto held = [&] { return static_cast<size_t>(chunk->end - chunk->begin); };
       before + held() < n; chunk = chunk->next) {
    before += held();
  }
  for (Chunk* behind = std::exchange(chunk->next, nullptr); behind != nullptr; chunks_ -= 1) {
    Chunk* next = behind->next;
    pool_.give_back(behind);
    behind = next;
  }
  tail_ = chunk;
  sealed_ = before;
  cursor_ = chunk->begin + (n - before);
  limit_ = chunk->bytes + Chunk::kRoom;
  place_stop();
}

void Output::clear() noexcept {
  while (head_ != nullptr) give_back_head();
  tail_ = nullptr;
  cursor_ = stop_ = limit_ = nullptr;
  sealed_ = 0;
}

void Output::give_back_head() noexcept {
  Chunk* chunk = head_;
  head_ = chunk == tail_ ? nullptr : chunk->next;
  chunks_ -= 1;
  pool_.give_back(chunk);
}

// The byte from which on either the tail has no room for a reply or the watermark is reached.
void Output::place_stop() noexcept {
  const size_t below_mark = sealed_ < kHighWatermark ? kHighWatermark - sealed_ : 0;
  const auto room = static_cast<size_t>(limit_ - tail_->begin);
  stop_ = tail_->begin + std::min(below_mark, room < kReplyReserve ? 0 : room - kReplyReserve + 1);
}

}  // namespace pelikan
