// RowTable: the rows of a large hash, set or sorted set by their names.
//
// Extendible hashing (Fagin, Nievergelt, Pippenger, Strong, 1979). A directory, indexed by the
// upper bits of a name's hash, leads to pages of up to kPageRows rows; each has eight bits of every
// row's hash, which are compared eight at a time. A page that is full is split in two by one more
// bit, and when it already used all bits of the directory, that doubles: nothing ever moves more
// than a page of rows at once, whatever the size. Pages of few rows join again.
//
// A page has all rows whose hash lies in one range, whatever became of the pages before, so a scan
// goes by hash: its cursor says that everything below was shown. Rows that are there all the time
// are shown at least once, however the table grows and shrinks meanwhile.
//
// Thread safety: none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "structure/memory.h"
#include "structure/row.h"

namespace pelikan::structure {

class RowTable {
 public:
  static constexpr size_t kPageRows = 56;  // with them a page has just 512 bytes

  // Frees the rows it still has. REQUIRES: the account outlives it
  RowTable(Account& account, KeyedHash hash);
  ~RowTable();
  RowTable(const RowTable&) = delete;
  RowTable& operator=(const RowTable&) = delete;

  [[nodiscard]] size_t size() const noexcept { return size_; }
  [[nodiscard]] uint64_t hash(const Element& name) const noexcept { return name.hash(hash_); }

  // Hashes are those of hash(). Where the row stands, until the next insert or erase; another row
  // of this name may be put there. Null: none.
  [[nodiscard]] Row* find(const Element& name, uint64_t hash) const noexcept;
  // REQUIRES: none of this name
  void insert(Row row, uint64_t hash);
  // The row remains, the caller's now. REQUIRES: slot is what find() returned
  void erase(Row* slot, uint64_t hash) noexcept;

  // Calls visit(Row) for the rows of pages until there were `count` or more. Begin with cursor 0,
  // go on with what was returned, until that is 0 again; any number is safe as a cursor. All of
  // them are below 2^48, exact in the doubles of some clients.
  template <class Visit>
  uint64_t scan(uint64_t cursor, size_t count, Visit&& visit) const {
    uint64_t hash = cursor << kCursorShift;
    for (size_t shown = 0;;) {
      const Page& page = *page_of(hash);
      for (size_t i = 0; i < page.size; ++i) visit(page.rows()[i]);
      shown += page.size;
      hash = range_end(hash, page);
      if (hash == 0 || shown >= count) return hash >> kCursorShift;
    }
  }
  template <class Visit>
  void visit_all(Visit&& visit) const {
    scan(0, SIZE_MAX, visit);
  }
  // Each row as likely as any other. `random` is the state of a random sequence, and goes on.
  // REQUIRES: not empty
  [[nodiscard]] Row random_row(uint64_t& random) const noexcept;

  // Frees rows, so many at least or all; returns whether it has none left. Once begun, nothing else
  // may be done but this and the destructor.
  bool destroy_some(size_t count) noexcept;

  void check_invariants() const;

 private:
  struct alignas(Row) Page {
    uint16_t size;
    uint16_t capacity;
    uint8_t depth;  // so many upper bits of the hash are the same for all its rows

    [[nodiscard]] Row* rows() noexcept { return reinterpret_cast<Row*>(this + 1); }
    [[nodiscard]] const Row* rows() const noexcept {
      return reinterpret_cast<const Row*>(this + 1);
    }
    [[nodiscard]] uint8_t* tags() noexcept { return reinterpret_cast<uint8_t*>(rows() + capacity); }
    [[nodiscard]] static constexpr size_t bytes(size_t capacity) noexcept {
      return sizeof(Page) + capacity * (sizeof(Row) + 1);
    }
  };
  static constexpr unsigned kCursorShift = 16;
  static constexpr unsigned kMaxDepth = 64 - kCursorShift;

  [[nodiscard]] static size_t index_at(uint64_t hash, unsigned depth) noexcept {
    return depth == 0 ? 0 : hash >> (64 - depth);
  }
  [[nodiscard]] Page* page_of(uint64_t hash) const noexcept {
    return directory_[index_at(hash, depth_)];
  }
  // The first hash behind the page's; 0: it is the last.
  [[nodiscard]] static uint64_t range_end(uint64_t hash, const Page& page) noexcept {
    return page.depth == 0 ? 0 : (index_at(hash, page.depth) + 1) << (64 - page.depth);
  }

  [[nodiscard]] Page* make_page(size_t rows, unsigned depth);
  void free_page(Page* page) noexcept;
  // Lets the directory lead to this page wherever the page's range is.
  void enter(Page* page, uint64_t hash) noexcept;
  // A page like this one with room for so many rows in its place.
  Page* resize(Page* page, size_t rows, uint64_t hash);
  static void append(Page& page, const Row* rows, const uint8_t* tags, size_t count) noexcept;
  [[nodiscard]] Page* page_with_room(uint64_t hash);
  [[nodiscard]] bool may_split(const Page& page) const noexcept;
  void split(Page* page, uint64_t hash);
  size_t part(Page& page) const noexcept;
  void shrink(uint64_t hash);
  [[nodiscard]] bool join_buddy(Page* page, uint64_t hash);
  void double_directory();
  void halve_directory() noexcept;

  Account& account_;
  KeyedHash hash_;
  size_t size_ = 0;
  unsigned depth_ = 0;        // the directory has 2^depth entries
  size_t deepest_pages_ = 0;  // of this depth
  std::vector<Page*, Allocator<Page*>> directory_;
};

}  // namespace pelikan::structure
