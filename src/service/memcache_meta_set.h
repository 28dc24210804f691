// MemcacheMetaSet does what ms says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "buffer/output.h"
#include "protocol/memcache/compose_meta.h"
#include "protocol/memcache/meta.h"
#include "protocol/memcache/request.h"
#include "service/memcache_expiry.h"
#include "service/memcache_meta_line.h"
#include "service/memcache_metrics.h"
#include "service/memcache_outcome.h"
#include "service/memcache_write.h"
#include "storage/store.h"

namespace pelikan {

// Lives for one operation.
template <class Store>
class MemcacheMetaSet {
 public:
  using Reservation = typename Store::Reservation;

  MemcacheMetaSet(Store& store, const Clock& clock, Output& out, MemcacheTally& tally) noexcept
      : store_(store), clock_(clock), out_(out), tally_(tally) {}

  // `received` has the value that did not come with its request, if there is one.
  // REQUIRES: in an epoch; lookup was prepared; out.has_room(); the value is within the
  // store's limit
  [[nodiscard]] MemcacheOutcome execute(const Lookup& lookup, const memcache::Request& request,
                                        const memcache::MetaFlags& flags,
                                        Reservation* received) noexcept {
    const Written written = write(lookup, request, flags, received);
    switch (written.status) {
      case PutStatus::kNoMemory:
        return MemcacheOutcome::kNoMemory;
      case PutStatus::kTooLarge:  // asked before
      case PutStatus::kNotStored:
        tally_.count(MemcacheCount::kNotStored);
        write_stored("NS", lookup, flags, {written.status, 0, request.value_size});
        break;
      case PutStatus::kExists:
        write_stored("EX", lookup, flags, {written.status, 0, request.value_size});
        break;
      case PutStatus::kNotFound:
        write_stored("NF", lookup, flags, {written.status, 0, request.value_size});
        break;
      case PutStatus::kStored:
        if (!flags.has('q')) write_stored("HD", lookup, flags, written);
        break;
    }
    count_store(flags, written.status);
    return MemcacheOutcome::kDone;
  }

 private:
  [[nodiscard]] Value value_of(std::string_view bytes, const memcache::MetaFlags& flags,
                               int64_t exptime) const noexcept {
    return {bytes, flags.has('F') ? flags.client_flags : 0, expiry_of(exptime, clock_),
            flags.has('b')};
  }

  Written write(const Lookup& lookup, const memcache::Request& request,
                const memcache::MetaFlags& flags, Reservation* received) noexcept {
    using memcache::MetaMode;
    const std::string_view bytes{request.value, request.value_size};
    if (flags.mode == MetaMode::kAppend) return join(lookup, bytes, flags, JoinMode::kAppend);
    if (flags.mode == MetaMode::kPrepend) return join(lookup, bytes, flags, JoinMode::kPrepend);
    WriteTerms terms = meta_terms(flags);
    terms.or_newer = flags.has('I');
    if (flags.mode == MetaMode::kAdd) terms.mode = PutMode::kAdd;
    if (flags.mode == MetaMode::kReplace) terms.mode = PutMode::kReplace;
    const Value value = value_of(bytes, flags, flags.has('T') ? flags.exptime : 0);
    return write_value(store_, lookup, value, terms, received);
  }

  // With N, what is missing is stored.
  Written join(const Lookup& lookup, std::string_view bytes, const memcache::MetaFlags& flags,
               JoinMode mode) noexcept {
    const WriteTerms terms = meta_terms(flags);
    const Written joined = store_.join(lookup, bytes, mode, terms);
    const bool is_missing = joined.status == PutStatus::kNotStored && !store_.peek(lookup);
    if (!is_missing || !flags.has('N')) return joined;
    const Value value = value_of(bytes, flags, flags.vivify_exptime);
    const Written added = write_value(store_, lookup, value,
                                      {.mode = PutMode::kAdd, .new_cas = terms.new_cas}, nullptr);
    // Another client may have stored it meanwhile.
    return added.status == PutStatus::kNotStored ? store_.join(lookup, bytes, mode, terms) : added;
  }

  void write_stored(std::string_view letters, const Lookup& lookup,
                    const memcache::MetaFlags& flags, const Written& written) noexcept {
    memcache::MetaLine line(out_.reserve(memcache::kMaxMetaLine));
    line.begin(letters);
    for (size_t i = 0; i < flags.count; ++i) {
      const char flag = flags.order[i];
      if (flag == 'k') line.key(lookup.key, flags.has('b'));
      if (flag == 'O') line.opaque(flags.opaque_text());
      if (flag == 'c') line.number('c', written.cas);
      if (flag == 's') line.number('s', written.value_size);
    }
    out_.commit(line.end());
  }

  // Counted as the classic command that does the same.
  void count_store(const memcache::MetaFlags& flags, PutStatus status) noexcept {
    using memcache::MetaMode;
    const bool is_cas =
        flags.has('C') && (flags.mode == MetaMode::kSet || flags.mode == MetaMode::kReplace);
    if (is_cas) {
      tally_.count(MemcacheCount::kCas);
      if (status == PutStatus::kStored) tally_.count(MemcacheCount::kCasHit);
      if (status == PutStatus::kNotFound) tally_.count(MemcacheCount::kCasMiss);
    } else {
      tally_.count(store_count(flags.mode));
    }
    if (status == PutStatus::kExists) tally_.count(MemcacheCount::kCasBadval);
  }

  static MemcacheCount store_count(memcache::MetaMode mode) noexcept {
    using memcache::MetaMode;
    switch (mode) {
      case MetaMode::kAdd:
        return MemcacheCount::kAdd;
      case MetaMode::kReplace:
        return MemcacheCount::kReplace;
      case MetaMode::kAppend:
        return MemcacheCount::kAppend;
      case MetaMode::kPrepend:
        return MemcacheCount::kPrepend;
      case MetaMode::kSet:
      case MetaMode::kIncrement:
      case MetaMode::kDecrement:
        break;
    }
    return MemcacheCount::kSet;
  }

  Store& store_;
  const Clock& clock_;
  Output& out_;
  MemcacheTally& tally_;
};

}  // namespace pelikan
