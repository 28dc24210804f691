#include "storage/seg/hash_table.h"

#include "base/assertion.h"

namespace pelikan {
namespace {

constexpr unsigned kTagShift = 32;

bool is_empty(const Bucket& bucket) noexcept {
  for (size_t i = 1; i <= Bucket::kSlots; ++i) {
    if (bucket.slot(i) != slot::kEmpty) return false;
  }
  return true;
}

}  // namespace

HashTable::HashTable(std::span<Bucket> homes, std::span<Bucket> overflow, uint64_t seed) noexcept
    : hash_(seed), homes_(homes), overflow_(overflow) {
  DCHECK(!homes.empty() && homes.size() <= UINT32_MAX);
  DCHECK(overflow.size() <= Bucket::kMaxOverflowIndex);
}

HashTable::Found HashTable::make_room(Bucket& home) noexcept {
  Bucket* last = &home;
  size_t length = 0;
  while (Bucket* following = next(last->word())) {
    last = following;
    ++length;
  }
  const uint32_t fresh = length < kMaxOverflow ? take_overflow() : 0;
  if (fresh == 0) return least_used(home);
  last->link(fresh);
  return {&overflow_[fresh - 1].words[1], slot::kEmpty};
}

HashTable::Found HashTable::least_used(Bucket& home) const noexcept {
  Found least;
  for (Bucket* bucket = &home; bucket != nullptr; bucket = next(bucket->word())) {
    for (size_t i = 1; i <= Bucket::kSlots; ++i) {
      const uint64_t value = bucket->slot(i);
      if (!least || slot::freq(value) < slot::freq(least.value)) least = {&bucket->words[i], value};
    }
  }
  return least;
}

void HashTable::clear(Bucket& home, uint64_t* slot) noexcept {
  set(slot, slot::kEmpty);
  const bool at_home = slot > home.words && slot <= home.words + Bucket::kSlots;
  if (!at_home) trim(home);
}

// Only the last bucket of a chain may go: a reader inside one that has others behind it would lose
// its way to them.
void HashTable::trim(Bucket& home) noexcept {
  for (;;) {
    Bucket* before = &home;
    Bucket* last = next(home.word());
    if (last == nullptr) return;
    while (Bucket* following = next(last->word())) {
      before = last;
      last = following;
    }
    if (!is_empty(*last)) return;
    const uint32_t index = Bucket::overflow_index(before->word());
    before->link(0);
    give_back_overflow(index);
  }
}

// All that were ever used and lead on from no bucket are free.
void HashTable::resume_free(const std::vector<bool>& is_taken) noexcept {
  const size_t used = is_taken.size() - 1;
  fresh_.store(static_cast<uint32_t>(used), std::memory_order_relaxed);
  overflow_used_.store(used, std::memory_order_relaxed);
  for (uint32_t index = 1; index <= used; ++index) {
    if (!is_taken[index]) give_back_overflow(index);
  }
}

uint32_t HashTable::take_overflow() noexcept {
  // acquire pairs with give_back_overflow: the bucket was emptied and linked before.
  uint64_t top = free_top_.load(std::memory_order_acquire);
  while (const auto index = static_cast<uint32_t>(top)) {
    Bucket& bucket = overflow_[index - 1];
    const uint64_t rest =
        ((top >> kTagShift) + 1) << kTagShift | Bucket::overflow_index(bucket.word());
    if (!free_top_.compare_exchange_weak(top, rest, std::memory_order_acquire)) continue;
    bucket.link(0);
    // Whoever takes the next one finds its link in the cache.
    if (const auto following = static_cast<uint32_t>(rest)) {
      __builtin_prefetch(&overflow_[following - 1], 1);
    }
    overflow_used_.fetch_add(1, std::memory_order_relaxed);
    return index;
  }
  // relaxed: a number is drawn, the bucket itself was never written.
  uint32_t fresh = fresh_.load(std::memory_order_relaxed);
  do {
    if (fresh == overflow_.size()) return 0;
  } while (!fresh_.compare_exchange_weak(fresh, fresh + 1, std::memory_order_relaxed));
  overflow_used_.fetch_add(1, std::memory_order_relaxed);
  return fresh + 1;
}

void HashTable::give_back_overflow(uint32_t index) noexcept {
  uint64_t top = free_top_.load(std::memory_order_relaxed);
  uint64_t changed;
  do {
    overflow_[index - 1].link(static_cast<uint32_t>(top));
    changed = ((top >> kTagShift) + 1) << kTagShift | index;
  } while (!free_top_.compare_exchange_weak(top, changed, std::memory_order_release,
                                            std::memory_order_relaxed));
  overflow_used_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace pelikan
