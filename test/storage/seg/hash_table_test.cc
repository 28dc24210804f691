// What a bucket tells of its slots. A home's chain: it grows by a bucket when all its slots are
// taken, and no further than its limit.
#include "storage/seg/hash_table.h"

#include <array>

#include "check.h"

namespace pelikan {
namespace {

constexpr uint64_t kHash = 7;
constexpr size_t kOverflow = HashTable::kMaxOverflow;

class Chain {
 public:
  explicit Chain(size_t overflow) : table_({homes_.data(), 1}, {overflow_.data(), overflow}, 1) {}

  // An item that was found so many times; returns what had its slot before.
  uint64_t add(unsigned freq = 0) {
    const uint64_t value = HashTable::pattern(kHash) | freq * slot::kFreqUnit | ++items_;
    const uint64_t* room = find(value);
    ck_assert_ptr_null(found_.slot);
    if (room != nullptr) {
      HashTable::set(const_cast<uint64_t*>(room), value);
      return slot::kEmpty;
    }
    const HashTable::Found place = table_.make_room(homes_[0]);
    HashTable::set(place.slot, value);
    return place.value;
  }
  void clear(uint64_t item) {
    find(item);
    ck_assert_ptr_nonnull(found_.slot);
    table_.clear(homes_[0], found_.slot);
  }
  [[nodiscard]] size_t overflow_used() const { return table_.overflow_used(); }

 private:
  // The room that is left when it is not there.
  const uint64_t* find(uint64_t item) {
    uint64_t* room = nullptr;
    found_ = table_.find_locked(
        kHash, [&](uint64_t value) { return ((value ^ item) & slot::kLocationMask) == 0; }, room);
    return room;
  }

  std::array<Bucket, 1> homes_{};
  std::array<Bucket, kOverflow + 1> overflow_{};
  HashTable table_;
  HashTable::Found found_;
  uint64_t items_ = 0;
};

START_TEST(a_bucket_tells_which_slots_have_a_tag_and_which_are_empty) {
  const uint64_t wanted = HashTable::pattern(kHash);
  const uint64_t other = HashTable::pattern(kHash + 1);
  for (size_t i = 1; i <= Bucket::kSlots; ++i) {
    Bucket bucket;
    for (uint64_t& word : bucket.words) word = other | i;
    bucket.words[0] = wanted;  // no slot, whatever it holds
    bucket.words[i] = wanted | slot::kFreqMask | i;
    ck_assert_uint_eq(bucket.match(wanted), 1U << i);
    bucket.words[0] = bucket.words[i] = slot::kEmpty;
    const Bucket::Matches matches = bucket.match(wanted, slot::kEmpty);
    ck_assert_uint_eq(matches.first, 0);
    ck_assert_uint_eq(matches.second, 1U << i);
  }
}
END_TEST

START_TEST(a_chain_takes_a_bucket_when_its_slots_are_taken) {
  Chain chain(kOverflow);
  for (size_t i = 0; i < HashTable::kPlaces; ++i) {
    ck_assert_uint_eq(chain.add(), slot::kEmpty);
    ck_assert_uint_eq(chain.overflow_used(), i / Bucket::kSlots);
  }
}
END_TEST

START_TEST(an_emptied_slot_is_taken_before_a_bucket) {
  Chain chain(kOverflow);
  for (size_t i = 0; i < Bucket::kSlots + 1; ++i) (void)chain.add();
  ck_assert_uint_eq(chain.overflow_used(), 1);
  chain.clear(3);
  for (size_t i = 0; i < Bucket::kSlots; ++i) (void)chain.add();
  ck_assert_uint_eq(chain.overflow_used(), 1);
  (void)chain.add();
  ck_assert_uint_eq(chain.overflow_used(), 2);
}
END_TEST

START_TEST(an_emptied_last_bucket_goes_back) {
  Chain chain(kOverflow);
  for (size_t i = 0; i < Bucket::kSlots + 1; ++i) (void)chain.add();
  chain.clear(Bucket::kSlots + 1);
  ck_assert_uint_eq(chain.overflow_used(), 0);
  (void)chain.add();
  ck_assert_uint_eq(chain.overflow_used(), 1);
}
END_TEST

START_TEST(in_a_full_chain_what_was_used_least_gives_way) {
  Chain chain(kOverflow + 1);  // one more than it may have
  constexpr uint64_t kUnused = 20;
  for (uint64_t item = 1; item <= HashTable::kPlaces; ++item) {
    (void)chain.add(item == kUnused ? 0 : 2);
  }
  ck_assert_uint_eq(slot::location(chain.add(1)).bits(), kUnused);
  ck_assert_uint_eq(slot::location(chain.add(3)).bits(), HashTable::kPlaces + 1);
}
END_TEST

START_TEST(without_a_bucket_to_be_had_the_chain_is_full) {
  Chain chain(0);
  for (size_t i = 0; i < Bucket::kSlots; ++i) ck_assert_uint_eq(chain.add(1), slot::kEmpty);
  ck_assert_uint_ne(chain.add(), slot::kEmpty);
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("storage/seg/hash_table",
              pelikan::a_bucket_tells_which_slots_have_a_tag_and_which_are_empty,
              pelikan::a_chain_takes_a_bucket_when_its_slots_are_taken,
              pelikan::an_emptied_slot_is_taken_before_a_bucket,
              pelikan::an_emptied_last_bucket_goes_back,
              pelikan::in_a_full_chain_what_was_used_least_gives_way,
              pelikan::without_a_bucket_to_be_had_the_chain_is_full)
