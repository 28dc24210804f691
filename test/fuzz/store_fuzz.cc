// Plays operation sequences on a tiny seg store beside a reference map: a hit is the newest value,
// a miss is legal only after eviction or expiry, nothing dead comes back. storage/script.h says
// what the bytes mean.
//
// covers: src/storage/seg
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <utility>

#include "fuzz/planted_bug.h"
#include "storage/map_store.h"
#include "storage/script.h"
#include "storage/seg/seg_fixture.h"
#include "storage/twin.h"

namespace {

using namespace pelikan;
using fuzz::is_planted;

// The store's Access, with room for planted bugs.
class SuspectStore {
 public:
  using Access = SegStore::Access;
  using Epoch = Access::Epoch;
  using ItemView = Access::ItemView;
  using Reservation = Access::Reservation;

  explicit SuspectStore(Access& store) : store_(store) {}

  Epoch enter() noexcept { return store_.enter(); }
  void foresee(std::string_view key) noexcept { store_.foresee(key); }
  void prepare(std::span<Lookup> batch) noexcept { store_.prepare(batch); }
  void locate(std::span<Lookup> batch) noexcept { store_.locate(batch); }
  bool approach(std::span<Lookup> batch) noexcept { return store_.approach(batch); }
  void reach(std::span<Lookup> batch) noexcept { store_.reach(batch); }
  std::optional<ItemView> get(const Lookup& lookup) noexcept { return store_.get(lookup); }
  PutStatus put(const Lookup& lookup, const Value& value, PutMode mode) noexcept {
    const bool is_lost = is_planted("lost_replace") && mode == PutMode::kReplace &&
                         value.bytes.size() > 200 && store_.get(lookup);
    return is_lost ? PutStatus::kStored : store_.put(lookup, value, mode);
  }
  bool erase(const Lookup& lookup) noexcept {
    if (is_planted("undead") && lookup.key.size() == 1 && store_.get(lookup)) return true;
    return store_.erase(lookup);
  }
  PutStatus compare_and_put(const Lookup& lookup, const Value& value, uint64_t cas) noexcept {
    return store_.compare_and_put(lookup, value, cas);
  }
  PutStatus join(const Lookup& lookup, std::string_view bytes, JoinMode mode) noexcept {
    if (is_planted("short_join") && bytes.size() > 150) bytes.remove_suffix(1);
    return store_.join(lookup, bytes, mode);
  }
  ArithmeticResult arithmetic(const Lookup& lookup, uint64_t n, ArithmeticMode mode) noexcept {
    return store_.arithmetic(lookup, n, mode);
  }
  bool touch(const Lookup& lookup, Expiry expiry) noexcept { return store_.touch(lookup, expiry); }
  ExpireStatus expire(const Lookup& lookup, Expiry expiry, const ExpireTerms& terms) noexcept {
    const bool is_coarse = is_planted("coarse_expire") && expiry.at_ms != Expiry::kNever;
    return store_.expire(lookup, is_coarse ? Expiry{expiry.at_ms / 125 * 125} : expiry, terms);
  }
  Written overlay(const Lookup& lookup, size_t offset, std::string_view bytes,
                  const WriteTerms& terms) noexcept {
    return store_.overlay(lookup, offset, bytes, terms);
  }
  Written put(const Lookup& lookup, const Value& value, const WriteTerms& terms) noexcept {
    WriteTerms changed = terms;
    if (is_planted("lost_expiry")) changed.keep_expiry = false;
    return store_.put(lookup, value, changed);
  }
  Written publish(const Lookup& lookup, Reservation&& reservation, const Value& value,
                  const WriteTerms& terms) noexcept {
    return store_.publish(lookup, std::move(reservation), value, terms);
  }
  Written join(const Lookup& lookup, std::string_view bytes, JoinMode mode,
               const WriteTerms& terms) noexcept {
    return store_.join(lookup, bytes, mode, terms);
  }
  ArithmeticResult arithmetic(const Lookup& lookup, uint64_t n, ArithmeticMode mode,
                              const WriteTerms& terms) noexcept {
    return store_.arithmetic(lookup, n, mode, terms);
  }
  EraseStatus erase_if(const Lookup& lookup, uint64_t cas) noexcept {
    return store_.erase_if(lookup, cas);
  }
  bool claim(const Lookup& lookup, const ItemView& item) noexcept {
    return store_.claim(lookup, item);
  }
  std::optional<ItemView> peek(const Lookup& lookup) noexcept { return store_.peek(lookup); }
  Expiry expiry(const ItemView& item) const noexcept { return store_.expiry(item); }
  int64_t last_access_ms(const Lookup& lookup, const ItemView& item) noexcept {
    return store_.last_access_ms(lookup, item);
  }
  template <class Visit>
  uint64_t scan(uint64_t cursor, size_t buckets, Visit&& visit) noexcept {
    return store_.scan(cursor, buckets, visit);
  }
  uint64_t cursor_at(uint32_t share) const noexcept { return store_.cursor_at(share); }
  StoreSize size() const noexcept { return store_.size(); }
  bool limit_memory(uint64_t bytes) noexcept { return store_.limit_memory(bytes); }
  bool make_room() noexcept { return store_.make_room(); }
  void flush(Expiry at) noexcept { store_.flush(at); }
  size_t value_limit(size_t key_bytes) const noexcept { return store_.value_limit(key_bytes); }
  bool is_large(size_t key_bytes, size_t value_bytes) const noexcept {
    return store_.is_large(key_bytes, value_bytes);
  }
  std::optional<Reservation> reserve(std::string_view key, size_t bytes) noexcept {
    return store_.reserve(key, bytes);
  }
  PutStatus publish(const Lookup& lookup, Reservation&& reservation, const Value& value,
                    PutMode mode) noexcept {
    return store_.publish(lookup, std::move(reservation), value, mode);
  }
  PutStatus publish_if(const Lookup& lookup, Reservation&& reservation, const Value& value,
                       uint64_t cas) noexcept {
    return store_.publish_if(lookup, std::move(reservation), value, cas);
  }

 private:
  Access& store_;
};

// 2 KiB segments, so few that some writes find no memory at once.
class TinyStore {
 public:
  using Store = SuspectStore;

  Store& store() { return suspect_; }
  // The reference's; the store has its own.
  const Clock& clock() { return clock_; }
  void advance_ms(int64_t ms) {
    time_.advance_ms(ms);
    clock_.refresh();
    if (!(is_planted("late_clock") && ms == 2'000)) store_clock_.refresh();
  }
  void maintain() { maintenance_.run_once(); }
  void check_invariants() { segments_.check_invariants(); }

 private:
  const test::SmallSegOptions options_{Bytes{96 * kKiB}, Bytes{2 * kKiB}, Bytes{8 * kKiB}};
  FakeTime time_;
  MetricRegistry registry_;
  SegStore segments_{options_, 2, time_, registry_};
  Clock clock_{time_};
  Clock store_clock_{time_};
  Maintenance maintenance_{segments_, time_};
  SegStore::Access access_{segments_.access(store_clock_)};
  SuspectStore suspect_{access_};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  TinyStore tiny;
  test::MapStore reference(tiny.clock(), {.value = kGiB});
  test::Twin twin(tiny.store(), reference, test::Forgetting::kAllowed);
  test::Script script(tiny, twin);
  script.play({data, size});
  if (!twin.flaw().empty()) {
    std::fprintf(stderr, "store_fuzz: %s\n", twin.flaw().c_str());
    std::abort();
  }
  tiny.check_invariants();
  return 0;
}
