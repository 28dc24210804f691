// MemcacheMeta does what meta commands say: md itself, for the others see memcache_meta_get.h,
// memcache_meta_set.h and memcache_meta_arithmetic.h. Source: memcached's doc/protocol.txt, "Meta
// Commands", and the behaviour of memcached 1.6.45.
#pragma once

#include <cstddef>

#include "base/clock.h"
#include "buffer/output.h"
#include "protocol/memcache/meta.h"
#include "protocol/memcache/request.h"
#include "service/memcache_expiry.h"
#include "service/memcache_meta_arithmetic.h"
#include "service/memcache_meta_get.h"
#include "service/memcache_meta_line.h"
#include "service/memcache_meta_set.h"
#include "service/memcache_metrics.h"
#include "service/memcache_outcome.h"
#include "storage/store.h"

namespace pelikan {

// Lives for one call of process(). REQUIRES of all that executes: in an epoch; lookup was prepared;
// out.has_room()
template <class Store>
class MemcacheMeta {
 public:
  using Reservation = typename Store::Reservation;

  MemcacheMeta(Store& store, const Clock& clock, Output& out, MemcacheTally& tally,
               size_t& long_bytes) noexcept
      : store_(store),
        clock_(clock),
        out_(out),
        tally_(tally),
        get_(store, clock, out, tally, long_bytes) {}

  // `received` has the value that did not come with its request, if there is one.
  // REQUIRES: an ms's value is within the store's limit
  [[nodiscard]] MemcacheOutcome execute(const Lookup& lookup, const memcache::Request& request,
                                        const memcache::MetaFlags& flags,
                                        Reservation* received) noexcept {
    const MemcacheOutcome outcome = run(lookup, request, flags, received);
    if (outcome == MemcacheOutcome::kDone) tally_.count(MemcacheCount::kMeta);
    return outcome;
  }

 private:
  MemcacheOutcome run(const Lookup& lookup, const memcache::Request& request,
                      const memcache::MetaFlags& flags, Reservation* received) noexcept {
    using memcache::Command;
    if (request.command == Command::kMetaGet) return get_.execute(lookup, flags);
    if (request.command == Command::kMetaSet) {
      return MemcacheMetaSet(store_, clock_, out_, tally_)
          .execute(lookup, request, flags, received);
    }
    if (request.command == Command::kMetaDelete) return remove(lookup, flags);
    if (request.command == Command::kMetaArithmetic) {
      return MemcacheMetaArithmetic(store_, clock_, out_, tally_).execute(lookup, flags);
    }
    return get_.describe(lookup);
  }

  MemcacheOutcome remove(const Lookup& lookup, const memcache::MetaFlags& flags) noexcept {
    const PutStatus status =
        flags.has_any(memcache::MetaFlags::bits("Ix")) ? mark(lookup, flags) : erase(lookup, flags);
    if (status == PutStatus::kNoMemory) return MemcacheOutcome::kNoMemory;
    const bool is_done = status == PutStatus::kStored;
    tally_.count(is_done ? MemcacheCount::kDeleteHit : MemcacheCount::kDeleteMiss);
    if (is_done && flags.has('q')) return MemcacheOutcome::kDone;
    const bool is_other = status == PutStatus::kExists;
    write_meta_line(out_, is_done ? "HD" : (is_other ? "EX" : "NF"), lookup.key, flags);
    return MemcacheOutcome::kDone;
  }

  // kStored: it was there, and is gone.
  PutStatus erase(const Lookup& lookup, const memcache::MetaFlags& flags) noexcept {
    if (!flags.has('C')) return store_.erase(lookup) ? PutStatus::kStored : PutStatus::kNotFound;
    switch (store_.erase_if(lookup, flags.cas)) {
      case EraseStatus::kErased:
        return PutStatus::kStored;
      case EraseStatus::kNotFound:
        return PutStatus::kNotFound;
      case EraseStatus::kExists:
        return PutStatus::kExists;
    }
    return PutStatus::kNotFound;
  }

  // I: the item stays, stale. x: it stays, without its value, its flags and its time to live.
  PutStatus mark(const Lookup& lookup, const memcache::MetaFlags& flags) noexcept {
    WriteTerms terms = meta_terms(flags);
    terms.stale = flags.has('I');
    const bool has_time = terms.stale && flags.has('T');
    if (flags.has('x')) {
      terms.mode = PutMode::kReplace;
      const Value value{.bytes = {},
                        .expiry = expiry_of(has_time ? flags.exptime : 0, clock_),
                        .binary_key = flags.has('b')};
      return store_.put(lookup, value, terms).status;
    }
    const PutStatus status = store_.join(lookup, {}, JoinMode::kAppend, terms).status;
    if (status == PutStatus::kStored && has_time) {
      (void)store_.touch(lookup, expiry_of(flags.exptime, clock_));
    }
    return status;
  }

  Store& store_;
  const Clock& clock_;
  Output& out_;
  MemcacheTally& tally_;
  MemcacheMetaGet<Store> get_;
};

}  // namespace pelikan
