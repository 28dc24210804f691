#include "structure/row_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/assertion.h"

namespace pelikan::structure {
namespace {

constexpr uint64_t kOnes = 0x0101010101010101;
constexpr size_t kWord = sizeof(uint64_t);  // tags that are compared at once
constexpr size_t kJoinRows = RowTable::kPageRows / 2;

uint8_t tag_of(uint64_t hash) noexcept { return static_cast<uint8_t>(hash); }

// The highest bit of each byte that is zero; of one above such a byte perhaps too.
uint64_t zero_bytes(uint64_t word) noexcept { return (word - kOnes) & ~word & (kOnes << 7U); }

size_t round_up(size_t rows) noexcept { return (rows + kWord - 1) / kWord * kWord; }

// The next number of a sequence (SplitMix64, Steele, Lea and Flood 2014).
uint64_t next_random(uint64_t& state) noexcept {
  state += 0x9e3779b97f4a7c15;
  uint64_t number = state;
  number = (number ^ number >> 30U) * 0xbf58476d1ce4e5b9;
  number = (number ^ number >> 27U) * 0x94d049bb133111eb;
  return number ^ number >> 31U;
}

}  // namespace

RowTable::RowTable(Account& account, KeyedHash hash)
    : account_(account), hash_(hash), directory_(Allocator<Page*>(account)) {
  directory_.push_back(make_page(0, 0));
  deepest_pages_ = 1;
}

RowTable::~RowTable() { destroy_some(SIZE_MAX); }

RowTable::Page* RowTable::make_page(size_t rows, unsigned depth) {
  const size_t capacity = round_up(std::max<size_t>(rows, 1));
  CHECK(capacity <= UINT16_MAX);
  auto* page = static_cast<Page*>(account_.take(Page::bytes(capacity)));
  *page = {
      .size = 0, .capacity = static_cast<uint16_t>(capacity), .depth = static_cast<uint8_t>(depth)};
  std::memset(page->tags(), 0, capacity);
  return page;
}

void RowTable::free_page(Page* page) noexcept {
  account_.give_back(page, Page::bytes(page->capacity));
}

void RowTable::enter(Page* page, uint64_t hash) noexcept {
  const unsigned spare = depth_ - page->depth;
  const size_t first = index_at(hash, page->depth) << spare;
  std::fill_n(directory_.begin() + static_cast<ptrdiff_t>(first), size_t{1} << spare, page);
}

void RowTable::append(Page& page, const Row* rows, const uint8_t* tags, size_t count) noexcept {
  std::copy_n(rows, count, page.rows() + page.size);
  std::copy_n(tags, count, page.tags() + page.size);
  page.size = static_cast<uint16_t>(page.size + count);
}

RowTable::Page* RowTable::resize(Page* page, size_t rows, uint64_t hash) {
  Page* const next = make_page(rows, page->depth);
  append(*next, page->rows(), page->tags(), page->size);
  enter(next, hash);
  free_page(page);
  return next;
}

Row* RowTable::find(const Element& name, uint64_t hash) const noexcept {
  Page& page = *page_of(hash);
  const uint64_t wanted = kOnes * tag_of(hash);
  for (size_t first = 0; first < page.size; first += kWord) {
    uint64_t tags = 0;
    std::memcpy(&tags, page.tags() + first, sizeof tags);
    for (uint64_t hits = zero_bytes(tags ^ wanted); hits != 0; hits &= hits - 1) {
      const size_t i = first + static_cast<size_t>(std::countr_zero(hits)) / 8;
      if (i < page.size && name.is_in(page.rows()[i].name())) return &page.rows()[i];
    }
  }
  return nullptr;
}

void RowTable::insert(Row row, uint64_t hash) {
  Page* const page = page_with_room(hash);
  const uint8_t tag = tag_of(hash);
  append(*page, &row, &tag, 1);
  ++size_;
}

RowTable::Page* RowTable::page_with_room(uint64_t hash) {
  for (;;) {
    Page* const page = page_of(hash);
    if (page->size < page->capacity) return page;
    if (page->size < kPageRows || !may_split(*page)) return resize(page, page->size + 1U, hash);
    split(page, hash);
  }
}

// Hashes that begin alike, which chance does not bring, make pages larger, not the directory.
bool RowTable::may_split(const Page& page) const noexcept {
  return page.depth < depth_ || (depth_ < kMaxDepth && directory_.size() <= size_);
}

void RowTable::split(Page* page, uint64_t hash) {
  if (page->depth == depth_) double_directory();
  const unsigned depth = page->depth + 1U;
  const size_t low_rows = part(*page);
  const size_t high_rows = page->size - low_rows;
  Page* const low = make_page(low_rows, depth);
  Page* const high = make_page(high_rows, depth);
  append(*low, page->rows(), page->tags(), low_rows);
  append(*high, page->rows() + low_rows, page->tags() + low_rows, high_rows);
  const uint64_t bit = uint64_t{1} << (64 - depth);
  enter(low, hash & ~bit);
  enter(high, hash | bit);
  free_page(page);
  if (depth == depth_) deepest_pages_ += 2;
}

// Brings the rows whose next bit is not set to the front; returns how many.
size_t RowTable::part(Page& page) const noexcept {
  const uint64_t bit = uint64_t{1} << (63U - page.depth);
  size_t low = 0;
  for (size_t i = 0; i < page.size; ++i) {
    if ((page.rows()[i].name().hash(hash_) & bit) != 0) continue;
    std::swap(page.rows()[i], page.rows()[low]);
    std::swap(page.tags()[i], page.tags()[low]);
    ++low;
  }
  return low;
}

void RowTable::erase(Row* slot, uint64_t hash) noexcept {
  Page* const page = page_of(hash);
  const auto i = static_cast<size_t>(slot - page->rows());
  DCHECK(i < page->size);
  const size_t last = --page->size;
  page->rows()[i] = page->rows()[last];
  page->tags()[i] = page->tags()[last];
  --size_;
  if (page->size % kWord == 0) shrink(hash);
}

void RowTable::shrink(uint64_t hash) {
  Page* page = page_of(hash);
  if (page->capacity >= page->size + 2 * kWord) page = resize(page, page->size + 1U, hash);
  while (join_buddy(page, hash)) page = page_of(hash);
  while (deepest_pages_ == 0 && depth_ > 0) halve_directory();
}

// Puts the page's rows and those of the other half of their range into one page; false: they are
// too many, or that half is split.
bool RowTable::join_buddy(Page* page, uint64_t hash) {
  if (page->depth == 0) return false;
  Page* const buddy = page_of(hash ^ uint64_t{1} << (64U - page->depth));
  const size_t rows = size_t{page->size} + buddy->size;
  if (buddy->depth != page->depth || rows > kJoinRows) return false;
  if (page->depth == depth_) deepest_pages_ -= 2;
  Page* const both = make_page(rows, page->depth - 1U);
  append(*both, page->rows(), page->tags(), page->size);
  append(*both, buddy->rows(), buddy->tags(), buddy->size);
  enter(both, hash);
  free_page(page);
  free_page(buddy);
  return true;
}

void RowTable::double_directory() {
  std::vector<Page*, Allocator<Page*>> twice(directory_.get_allocator());
  twice.reserve(2 * directory_.size());
  for (Page* const page : directory_) twice.insert(twice.end(), 2, page);
  directory_.swap(twice);
  ++depth_;
  deepest_pages_ = 0;
}

void RowTable::halve_directory() noexcept {
  --depth_;
  deepest_pages_ = 0;
  for (size_t i = 0; i < directory_.size() / 2; ++i) {
    directory_[i] = directory_[2 * i];
    if (directory_[i]->depth == depth_) ++deepest_pages_;
  }
  directory_.resize(directory_.size() / 2);
  directory_.shrink_to_fit();
}

Row RowTable::random_row(uint64_t& random) const noexcept {
  DCHECK(size_ > 0);
  // A page is met as often as it stands in the directory, so a place in it is drawn from as many
  // times more; most draws miss when the table is nearly empty, so in the end any row will do.
  for (unsigned tries = 0; tries < 1000; ++tries) {
    const uint64_t hash = next_random(random);
    const Page& page = *page_of(hash);
    const uint64_t places = uint64_t{std::max<size_t>(page.size, kPageRows)}
                            << (depth_ - page.depth);
    const uint64_t place = next_random(random) % places;
    if (place < page.size) return page.rows()[place];
  }
  Row row;
  scan(0, 1, [&](Row each) { row = each; });
  return row;
}

bool RowTable::destroy_some(size_t count) noexcept {
  while (!directory_.empty()) {
    Page* const page = directory_.back();
    for (; page->size > 0; --count) {
      if (count == 0) return false;
      page->rows()[--page->size].free(account_);
      --size_;
    }
    while (!directory_.empty() && directory_.back() == page) directory_.pop_back();
    free_page(page);
  }
  return true;
}

void RowTable::check_invariants() const {
  CHECK(directory_.size() == size_t{1} << depth_);
  size_t rows = 0;
  size_t deepest = 0;
  for (uint64_t hash = 0;;) {
    Page& page = *page_of(hash);
    CHECK(page.depth <= depth_ && page.size <= page.capacity);
    for (size_t i = 0; i < page.size; ++i) {
      const uint64_t own = page.rows()[i].name().hash(hash_);
      CHECK(page_of(own) == &page && page.tags()[i] == tag_of(own));
    }
    rows += page.size;
    deepest += page.depth == depth_ ? 1U : 0U;
    hash = range_end(hash, page);
    if (hash == 0) break;
  }
  CHECK(rows == size_ && deepest == deepest_pages_);
}

}  // namespace pelikan::structure
