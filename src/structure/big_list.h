// Large lists: chunks of packed rows, in order. The methods of ListDraft and PackedList, and what
// only a large one needs.
//
// A chunk has room at either end, so an element is pushed and popped at both ends of the list
// without anything being moved. An element is found by counting chunks from the nearer end, then
// rows in the chunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "structure/memory.h"
#include "structure/packed_list.h"

namespace pelikan::structure {

// Thread safety: none. Elements that are put into a list must not stand in it.
class BigList {
 public:
  static constexpr size_t kChunkBytes = 8192;  // of more than one row, at most

  BigList() : chunks_(Allocator<Chunk>(account_)) {}
  explicit BigList(const PackedList& packed);
  ~BigList() { destroy_some(SIZE_MAX); }
  BigList(const BigList&) = delete;
  BigList& operator=(const BigList&) = delete;

  [[nodiscard]] size_t size() const noexcept { return size_; }
  [[nodiscard]] Cell at(size_t index) const noexcept;
  template <class Visit>
  void visit_range(size_t first, size_t count, Direction direction, Visit&& visit) const;

  void push_front(const Element& element);
  void push_back(const Element& element);
  void insert(size_t index, const Element& element);
  void set(size_t index, const Element& element);
  void erase(size_t first, size_t count);
  size_t remove(const Element& element, size_t most, Direction direction);

  [[nodiscard]] size_t memory() const noexcept {
    return size_class(sizeof(BigList)) + account_.bytes();
  }
  // Frees chunks, so many at least or all; returns whether it has none left. Once begun, nothing
  // else may be done but this and the destructor.
  bool destroy_some(size_t count) noexcept;

  void check_invariants() const;

 private:
  struct Chunk {
    char* memory;
    uint32_t capacity;
    uint32_t begin;  // of the rows, an offset; as end
    uint32_t end;
    uint32_t rows;

    [[nodiscard]] const char* first() const noexcept { return memory + begin; }
    [[nodiscard]] const char* last() const noexcept { return memory + end; }
    [[nodiscard]] size_t used() const noexcept { return end - begin; }
    [[nodiscard]] size_t room_behind() const noexcept { return capacity - end; }
    // A row, or the end.
    [[nodiscard]] const char* row_at(size_t index) const noexcept;
  };
  struct Place {
    size_t chunk;
    size_t row;  // in it
  };

  [[nodiscard]] Place place_of(size_t index) const noexcept;
  [[nodiscard]] Chunk make_chunk(size_t capacity);
  void free_chunk(const Chunk& chunk) noexcept;
  // The same rows in other memory, at its front or its back.
  void move_rows(Chunk& chunk, size_t capacity, bool to_back);
  [[nodiscard]] char* room_in_front(size_t bytes);
  [[nodiscard]] char* room_at_back(size_t bytes);
  // Room in the middle of a chunk; null: it would become too large.
  [[nodiscard]] char* room_at(Chunk& chunk, size_t row, size_t bytes);
  // A chunk that begins with this row, which is not the first of the chunk it stands in.
  void split(const Place& place);
  // Takes rows out of a chunk; where those behind them begin then.
  static const char* cut(Chunk& chunk, const char* from, const char* to, size_t rows) noexcept;
  // Frees a chunk without rows, and memory that a chunk has no use for.
  void tidy(size_t chunk);
  size_t remove_from(Chunk& chunk, const Element& element, size_t most, Direction direction);

  Account account_;
  std::deque<Chunk, Allocator<Chunk>> chunks_;
  size_t size_ = 0;
};

template <class Visit>
void BigList::visit_range(size_t first, size_t count, Direction direction, Visit&& visit) const {
  if (count == 0) return;
  const Place place = place_of(first);
  const bool is_forward = direction == Direction::kForward;
  auto chunk = chunks_.begin() + static_cast<ptrdiff_t>(place.chunk);
  const char* row = chunk->row_at(place.row);
  for (;;) {
    visit(Cell(row));
    if (--count == 0) return;
    if (is_forward) {
      row = list_row_after(row);
      if (row == chunk->last()) row = (++chunk)->first();
    } else {
      if (row == chunk->first()) row = (--chunk)->last();
      row = row_before(row);
    }
  }
}

}  // namespace pelikan::structure
