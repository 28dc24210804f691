#include "structure/big_list.h"

#include <algorithm>
#include <cstring>

#include "base/assertion.h"

namespace pelikan::structure {
namespace {

constexpr size_t kFirstBytes = 1024;  // of a chunk that will grow

}  // namespace

BigList::BigList(const PackedList& packed) : BigList() {
  packed.visit_range(0, packed.size(), Direction::kForward,
                     [&](Cell cell) { push_back(Element(cell)); });
}

BigList::Chunk BigList::make_chunk(size_t capacity) {
  capacity = size_class(capacity);
  CHECK(capacity <= UINT32_MAX);
  return {.memory = static_cast<char*>(account_.take(capacity)),
          .capacity = static_cast<uint32_t>(capacity),
          .begin = 0,
          .end = 0,
          .rows = 0};
}

void BigList::free_chunk(const Chunk& chunk) noexcept {
  account_.give_back(chunk.memory, chunk.capacity);
}

void BigList::move_rows(Chunk& chunk, size_t capacity, bool to_back) {
  Chunk next = make_chunk(capacity);
  const size_t used = chunk.used();
  next.begin = to_back ? static_cast<uint32_t>(next.capacity - used) : 0;
  next.end = static_cast<uint32_t>(next.begin + used);
  next.rows = chunk.rows;
  std::memcpy(next.memory + next.begin, chunk.first(), used);
  free_chunk(chunk);
  chunk = next;
}

const char* BigList::Chunk::row_at(size_t index) const noexcept {
  if (index <= rows / 2) {
    const char* row = first();
    for (size_t i = 0; i < index; ++i) row = list_row_after(row);
    return row;
  }
  const char* row = last();
  for (size_t i = rows; i > index; --i) row = row_before(row);
  return row;
}

BigList::Place BigList::place_of(size_t index) const noexcept {
  DCHECK(index < size_);
  if (index < size_ / 2) {
    size_t chunk = 0;
    for (; index >= chunks_[chunk].rows; ++chunk) index -= chunks_[chunk].rows;
    return {.chunk = chunk, .row = index};
  }
  size_t behind = size_ - index;  // rows from there to the end
  size_t chunk = chunks_.size() - 1;
  for (; behind > chunks_[chunk].rows; --chunk) behind -= chunks_[chunk].rows;
  return {.chunk = chunk, .row = chunks_[chunk].rows - behind};
}

Cell BigList::at(size_t index) const noexcept {
  const Place place = place_of(index);
  return Cell(chunks_[place.chunk].row_at(place.row));
}

// A chunk's rows move, to larger memory or to the other end of theirs, only if that makes as much
// room as they take.
char* BigList::room_in_front(size_t bytes) {
  const bool is_too_much = chunks_.empty() || chunks_.front().used() + bytes > kChunkBytes / 2;
  Chunk* chunk = chunks_.empty() ? nullptr : &chunks_.front();
  if (chunk == nullptr || (chunk->begin < bytes && is_too_much)) {
    Chunk next = make_chunk(std::max(bytes, chunk == nullptr ? kFirstBytes : kChunkBytes));
    next.begin = next.end = next.capacity;
    chunk = &chunks_.emplace_front(next);
  } else if (chunk->begin < bytes) {
    move_rows(*chunk, std::max<size_t>(2 * (chunk->used() + bytes), kFirstBytes), true);
  }
  chunk->begin -= static_cast<uint32_t>(bytes);
  ++chunk->rows;
  return chunk->memory + chunk->begin;
}

char* BigList::room_at_back(size_t bytes) {
  const bool is_too_much = chunks_.empty() || chunks_.back().used() + bytes > kChunkBytes / 2;
  Chunk* chunk = chunks_.empty() ? nullptr : &chunks_.back();
  if (chunk == nullptr || (chunk->room_behind() < bytes && is_too_much)) {
    const Chunk next = make_chunk(std::max(bytes, chunk == nullptr ? kFirstBytes : kChunkBytes));
    chunk = &chunks_.emplace_back(next);
  } else if (chunk->room_behind() < bytes) {
    move_rows(*chunk, std::max<size_t>(2 * (chunk->used() + bytes), kFirstBytes), false);
  }
  char* const room = chunk->memory + chunk->end;
  chunk->end += static_cast<uint32_t>(bytes);
  ++chunk->rows;
  return room;
}

void BigList::push_front(const Element& element) {
  write_list_row(room_in_front(list_row_size(element)), element);
  ++size_;
}

void BigList::push_back(const Element& element) {
  write_list_row(room_at_back(list_row_size(element)), element);
  ++size_;
}

char* BigList::room_at(Chunk& chunk, size_t row, size_t bytes) {
  const size_t used = chunk.used();
  if (used + bytes > std::max<size_t>(chunk.capacity, kChunkBytes)) return nullptr;
  const auto offset = static_cast<size_t>(chunk.row_at(row) - chunk.first());
  if (used + bytes > chunk.capacity) {
    move_rows(chunk, used + bytes, false);
  } else if (chunk.room_behind() < bytes) {
    std::memmove(chunk.memory, chunk.first(), used);
    chunk.begin = 0;
    chunk.end = static_cast<uint32_t>(used);
  }
  char* const room = chunk.memory + chunk.begin + offset;
  std::memmove(room + bytes, room, used - offset);
  chunk.end += static_cast<uint32_t>(bytes);
  ++chunk.rows;
  return room;
}

void BigList::split(const Place& place) {
  Chunk& chunk = chunks_[place.chunk];
  const char* const at = chunk.row_at(place.row);
  const auto bytes = static_cast<size_t>(chunk.last() - at);
  Chunk right = make_chunk(bytes);
  std::memcpy(right.memory, at, bytes);
  right.end = static_cast<uint32_t>(bytes);
  right.rows = static_cast<uint32_t>(chunk.rows - place.row);
  cut(chunk, at, chunk.last(), right.rows);
  chunks_.insert(chunks_.begin() + static_cast<ptrdiff_t>(place.chunk) + 1, right);
}

void BigList::insert(size_t index, const Element& element) {
  if (index == size_) return push_back(element);
  const size_t bytes = list_row_size(element);
  Place place = place_of(index);
  char* room = room_at(chunks_[place.chunk], place.row, bytes);
  if (room == nullptr) {
    if (place.row > 0) {
      split(place);
      ++place.chunk;
    }
    Chunk between = make_chunk(std::max(bytes, kFirstBytes));
    between.end = static_cast<uint32_t>(bytes);
    between.rows = 1;
    room = between.memory;
    chunks_.insert(chunks_.begin() + static_cast<ptrdiff_t>(place.chunk), between);
  }
  write_list_row(room, element);
  ++size_;
}

void BigList::set(size_t index, const Element& element) {
  const Place place = place_of(index);
  const char* const row = chunks_[place.chunk].row_at(place.row);
  if (Cell(row).size() == element.size()) {
    element.write(const_cast<char*>(row));
    return;
  }
  insert(index, element);
  erase(index + 1, 1);
}

const char* BigList::cut(Chunk& chunk, const char* from, const char* to, size_t rows) noexcept {
  chunk.rows -= static_cast<uint32_t>(rows);
  const auto bytes = static_cast<uint32_t>(to - from);
  const auto before = static_cast<size_t>(from - chunk.first());
  const auto behind = static_cast<size_t>(chunk.last() - to);
  if (before < behind) {
    std::memmove(chunk.memory + chunk.begin + bytes, chunk.first(), before);
    chunk.begin += bytes;
    return to;
  }
  std::memmove(chunk.memory + chunk.end - behind - bytes, to, behind);
  chunk.end -= bytes;
  return from;
}

void BigList::tidy(size_t index) {
  Chunk& chunk = chunks_[index];
  if (chunk.rows == 0) {
    free_chunk(chunk);
    chunks_.erase(chunks_.begin() + static_cast<ptrdiff_t>(index));
  } else if (index > 0 && index + 1 < chunks_.size() && chunk.used() < chunk.capacity / 4) {
    move_rows(chunk, chunk.used(), false);
  }
}

void BigList::erase(size_t first, size_t count) {
  DCHECK(first + count <= size_);
  while (count > 0) {
    const Place place = place_of(first);
    Chunk& chunk = chunks_[place.chunk];
    const size_t rows = std::min<size_t>(count, chunk.rows - place.row);
    cut(chunk, chunk.row_at(place.row), chunk.row_at(place.row + rows), rows);
    size_ -= rows;
    count -= rows;
    tidy(place.chunk);
  }
}

size_t BigList::remove_from(Chunk& chunk, const Element& element, size_t most,
                            Direction direction) {
  const bool is_forward = direction == Direction::kForward;
  size_t removed = 0;
  size_t row = is_forward ? 0 : chunk.rows;
  const char* at = is_forward ? chunk.first() : chunk.last();
  while (removed < most && (is_forward ? row < chunk.rows : row > 0)) {
    if (!is_forward) {
      at = row_before(at);
      --row;
    }
    const char* const after = list_row_after(at);
    if (element.is_in(Cell(at))) {
      at = cut(chunk, at, after, 1);
      ++removed;
    } else if (is_forward) {
      at = after;
      ++row;
    }
  }
  return removed;
}

size_t BigList::remove(const Element& element, size_t most, Direction direction) {
  size_t removed = 0;
  const bool is_forward = direction == Direction::kForward;
  for (size_t left = chunks_.size(), next = 0; left > 0 && removed < most; --left) {
    const size_t index = is_forward ? next : left - 1;
    removed += remove_from(chunks_[index], element, most - removed, direction);
    const size_t chunks = chunks_.size();
    tidy(index);
    if (chunks_.size() == chunks) ++next;
  }
  size_ -= removed;
  return removed;
}

bool BigList::destroy_some(size_t count) noexcept {
  for (; !chunks_.empty(); --count) {
    if (count == 0) return false;
    free_chunk(chunks_.back());
    chunks_.pop_back();
  }
  return true;
}

void BigList::check_invariants() const {
  size_t rows = 0;
  for (const Chunk& chunk : chunks_) {
    CHECK(chunk.rows > 0 && chunk.begin < chunk.end && chunk.end <= chunk.capacity);
    const char* row = chunk.first();
    for (size_t i = 0; i < chunk.rows; ++i) row = list_row_after(row);
    CHECK(row == chunk.last());
    rows += chunk.rows;
  }
  CHECK(rows == size_);
}

}  // namespace pelikan::structure
