// HashTable: where an item lies, by its key. Buckets of one cache line with seven slots; a home
// bucket that is full goes on in up to four overflow buckets from an arena, and gives the last one
// back when it is empty.
//
// Readers take no lock. Writers change slots under the home's lock, each key by one store into one
// slot. A slot never moves, so a reader that walks the chain cannot miss a key that is there
// throughout. An overflow bucket can be reused at once, without a grace period: when it is given
// back it is the last of its chain and empty, so a reader inside has seen all of its own chain, and
// whatever it finds there is compared by whole key.
//
// Thread safety: every method from any thread, those with a BucketLock under it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "storage/seg/bucket.h"

namespace pelikan {

class HashTable {
 public:
  // A chain has at most so many overflow buckets; this also bounds what colliding keys can cost.
  static constexpr size_t kMaxOverflow = 4;
  static constexpr size_t kPlaces = (1 + kMaxOverflow) * Bucket::kSlots;  // for items of one chain

  // A slot and the value it was found with; no slot: not found.
  struct Found {
    uint64_t* slot = nullptr;
    uint64_t value = slot::kEmpty;
    explicit operator bool() const noexcept { return slot != nullptr; }
  };

  // REQUIRES: zeroed buckets that outlive the table; 0 < homes < 2^32
  HashTable(std::span<Bucket> homes, std::span<Bucket> overflow, uint64_t seed) noexcept;

  [[nodiscard]] uint64_t hash(std::string_view key) const noexcept { return hash_(key); }
  // The upper half chooses the bucket, for any number of them; the tag is from the lower half.
  [[nodiscard]] Bucket& home(uint64_t hash) const noexcept {
    return homes_[(hash >> 32) * homes_.size() >> 32];
  }
  [[nodiscard]] static uint64_t pattern(uint64_t hash) noexcept {
    return slot::live_pattern(static_cast<uint16_t>(hash));
  }

  // In an epoch: the first slot of the bucket with the hash's tag, nearly always the key's own if
  // the key is there; null: there is none.
  [[nodiscard]] static uint64_t* guess(Bucket& bucket, uint64_t hash) noexcept {
    const unsigned candidates = bucket.match(pattern(hash));
    return candidates == 0 ? nullptr : &bucket.words[std::countr_zero(candidates)];
  }
  // In an epoch: the live slot with the hash's tag that accept(slot value) says yes to.
  template <class Accept>
  [[nodiscard]] Found find(uint64_t hash, Accept&& accept) const noexcept {
    return find_any(hash, pattern(hash), accept);
  }
  // The same under the lock of home(hash). Not found: `room` is the first empty slot of the chain,
  // null: there is none.
  template <class Accept>
  [[nodiscard]] Found find_locked(uint64_t hash, Accept&& accept, uint64_t*& room) const noexcept {
    room = nullptr;
    Bucket& first = home(hash);
    return walk(first, first.word(), pattern(hash), accept,
                [&room](Bucket& bucket, unsigned empty) {
                  if (room == nullptr && empty != 0) room = &bucket.words[std::countr_zero(empty)];
                });
  }

  // In an epoch: shows visit(slot, value, place) the live slots of a home's chain, from this place
  // on, until it says no; returns the place behind, 0: the chain is at its end. A slot keeps its
  // place. One behind the home bucket may be another chain's: see above.
  template <class Visit>
  [[nodiscard]] size_t visit_chain(const Bucket& home, size_t first, Visit&& visit) const noexcept;

  // In an epoch: a slot of an item that came with a pool and has the hash's tag.
  [[nodiscard]] Found find_kept(uint64_t hash) const noexcept {
    const uint64_t kept = slot::with_kind(pattern(hash), slot::kKept);
    return find_any(hash, kept, [](uint64_t /*value*/) { return true; });
  }
  // Under the home's lock: shows visit(slot, value) all slots that are not empty; it may clear
  // them.
  template <class Visit>
  void visit_all(Bucket& home, Visit&& visit) const noexcept;

  // Under the home's lock, of a chain without an empty slot: one in a new bucket, or, when it can
  // have no more, the slot of the item that was used least.
  [[nodiscard]] Found make_room(Bucket& home) noexcept;
  // Under the home's lock: release publishes what the value points to.
  static void set(uint64_t* slot, uint64_t value) noexcept {
    store_word(*slot, value, std::memory_order_release);
  }
  // Under the home's lock: empties the slot.
  void clear(Bucket& home, uint64_t* slot) noexcept;

  // --- Over a restart. No other thread uses the table.

  // The overflow buckets that were ever used.
  [[nodiscard]] std::span<const Bucket> overflow() const noexcept {
    return overflow_.first(fresh_.load(std::memory_order_relaxed));
  }
  // Takes over the buckets of a former process, of which any word may be wrong; keep(slot value)
  // says what becomes of each slot. REQUIRES: an empty table of as many homes, and at least as many
  // overflow buckets
  template <class Keep>
  void resume(std::span<const std::byte> homes, std::span<const std::byte> overflow, Keep&& keep);

  [[nodiscard]] Bucket& home_at(size_t index) const noexcept { return homes_[index]; }
  [[nodiscard]] std::span<const Bucket> homes() const noexcept { return homes_; }
  // The bucket behind one whose word 0 was read; null: none.
  [[nodiscard]] Bucket* next(uint64_t word) const noexcept {
    const uint32_t index = Bucket::overflow_index(word);
    return index == 0 ? nullptr : &overflow_[index - 1];
  }
  [[nodiscard]] size_t overflow_total() const noexcept { return overflow_.size(); }
  [[nodiscard]] size_t overflow_used() const noexcept {
    return overflow_used_.load(std::memory_order_relaxed);
  }

 private:
  template <class Accept>
  [[nodiscard]] Found find_any(uint64_t hash, uint64_t pattern, Accept&& accept) const noexcept;
  // Shows see(bucket, its empty slots as match() tells them) each bucket of which no slot was
  // accepted.
  template <class Accept, class See>
  [[nodiscard]] Found walk(Bucket& home, uint64_t word, uint64_t pattern, Accept&& accept,
                           See&& see) const noexcept;
  [[nodiscard]] Found least_used(Bucket& home) const noexcept;
  [[nodiscard]] uint32_t take_overflow() noexcept;
  void give_back_overflow(uint32_t index) noexcept;
  void trim(Bucket& home) noexcept;
  void resume_free(const std::vector<bool>& is_taken) noexcept;

  KeyedHash hash_;
  std::span<Bucket> homes_;
  std::span<Bucket> overflow_;
  // Free overflow buckets: a stack linked through their word 0. Upper half a tag that every change
  // raises (a bucket may come back between a look at the top and its exchange), lower half the
  // index of the top.
  alignas(64) std::atomic<uint64_t> free_top_{0};
  std::atomic<uint32_t> fresh_{0};  // buckets never used so far begin here
  std::atomic<size_t> overflow_used_{0};
};

template <class Accept, class See>
HashTable::Found HashTable::walk(Bucket& home, uint64_t word, uint64_t pattern, Accept&& accept,
                                 See&& see) const noexcept {
  Bucket* bucket = &home;
  // A reader inside a bucket that is given back meanwhile may be led astray; the count ends that.
  for (size_t step = 0; step <= kMaxOverflow; ++step) {
    const Bucket::Matches matches = bucket->match(pattern, slot::kEmpty);
    for (unsigned left = matches.first; left != 0; left &= left - 1) {
      const auto i = static_cast<size_t>(std::countr_zero(left));
      const uint64_t value = bucket->slot(i);
      if ((value & slot::kTagAndKindMask) == pattern && accept(value)) {
        return {&bucket->words[i], value};
      }
    }
    see(*bucket, matches.second);
    bucket = next(word);
    if (bucket == nullptr) break;
    word = bucket->word();
  }
  return {};
}

template <class Visit>
size_t HashTable::visit_chain(const Bucket& home, size_t first, Visit&& visit) const noexcept {
  const Bucket* bucket = &home;
  for (size_t base = 0; bucket != nullptr && base < kPlaces; base += Bucket::kSlots) {
    const uint64_t word = bucket->word();
    for (size_t place = std::max(first, base); place < base + Bucket::kSlots; ++place) {
      const size_t i = 1 + place - base;
      const uint64_t value = bucket->slot(i);
      if (slot::is_live(value) && !visit(&bucket->words[i], value, place)) return place + 1;
    }
    bucket = next(word);
  }
  return 0;
}

template <class Visit>
void HashTable::visit_all(Bucket& home, Visit&& visit) const noexcept {
  std::array<uint64_t*, kPlaces> slots;
  size_t count = 0;
  for (Bucket* bucket = &home; bucket != nullptr; bucket = next(bucket->word())) {
    for (size_t i = 1; i <= Bucket::kSlots; ++i) {
      if (bucket->slot(i) != slot::kEmpty) slots[count++] = &bucket->words[i];
    }
  }
  // A bucket that is given back meanwhile has none of those to come.
  for (size_t i = 0; i < count; ++i) {
    visit(slots[i], load_word(*slots[i], std::memory_order_acquire));
  }
}

template <class Keep>
void HashTable::resume(std::span<const std::byte> homes, std::span<const std::byte> overflow,
                       Keep&& keep) {
  const size_t used = overflow.size() / sizeof(Bucket);
  std::vector<bool> is_taken(used + 1);
  const auto read = [&keep](Bucket& bucket, std::span<const std::byte> from, size_t index) {
    std::memcpy(bucket.words, from.data() + index * sizeof(Bucket), sizeof(Bucket));
    for (size_t i = 1; i <= Bucket::kSlots; ++i) {
      if (bucket.words[i] != slot::kEmpty) bucket.words[i] = keep(bucket.words[i]);
    }
  };
  for (size_t home = 0; home < homes_.size(); ++home) {
    Bucket* bucket = &homes_[home];
    read(*bucket, homes, home);
    for (size_t length = 0;; ++length) {
      uint32_t index = Bucket::overflow_index(bucket->words[0]);
      if (length == kMaxOverflow || index > used || is_taken[index]) index = 0;
      bucket->words[0] = uint64_t{index} << Bucket::kOverflowShift;
      if (index == 0) break;
      is_taken[index] = true;
      bucket = &overflow_[index - 1];
      read(*bucket, overflow, index - 1);
    }
  }
  resume_free(is_taken);
}

template <class Accept>
HashTable::Found HashTable::find_any(uint64_t hash, uint64_t pattern,
                                     Accept&& accept) const noexcept {
  Bucket& bucket = home(hash);
  uint64_t word = bucket.word();
  const auto see = [](const Bucket&, unsigned) {};
  for (;;) {
    if (const Found found = walk(bucket, word, pattern, accept, see)) return found;
    const uint64_t again = bucket.word();
    if (Bucket::same_layout(word, again)) return {};
    word = again;
  }
}

}  // namespace pelikan
