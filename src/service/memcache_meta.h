// MemcacheMeta does what meta commands say; those that read are in memcache_meta_get.h. Source:
// memcached's doc/protocol.txt, "Meta Commands", and the behaviour of memcached 1.6.45.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/clock.h"
#include "buffer/output.h"
#include "protocol/memcache/compose_meta.h"
#include "protocol/memcache/meta.h"
#include "protocol/memcache/request.h"
#include "service/memcache_expiry.h"
#include "service/memcache_meta_get.h"
#include "service/memcache_meta_line.h"
#include "service/memcache_metrics.h"
#include "service/memcache_outcome.h"
#include "service/memcache_write.h"
#include "storage/store.h"

namespace pelikan {

// Lives for one call of process(). REQUIRES of all that executes: in an epoch in which lookup was
// prepared; out.has_room()
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
    if (request.command == Command::kMetaSet) return store(lookup, request, flags, received);
    if (request.command == Command::kMetaDelete) return remove(lookup, flags);
    if (request.command == Command::kMetaArithmetic) return calculate(lookup, flags);
    return get_.describe(lookup);
  }

  static WriteTerms terms_of(const memcache::MetaFlags& flags) noexcept {
    WriteTerms terms;
    if (flags.has('C')) terms.cas = flags.cas;
    if (flags.has('E')) terms.new_cas = flags.new_cas;
    return terms;
  }

  [[nodiscard]] Value value_of(std::string_view bytes, const memcache::MetaFlags& flags,
                               int64_t exptime) const noexcept {
    return {bytes, flags.has('F') ? flags.client_flags : 0, expiry_of(exptime, clock_),
            flags.has('b')};
  }

  // ---- ms

  MemcacheOutcome store(const Lookup& lookup, const memcache::Request& request,
                        const memcache::MetaFlags& flags, Reservation* received) noexcept {
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

  Written write(const Lookup& lookup, const memcache::Request& request,
                const memcache::MetaFlags& flags, Reservation* received) noexcept {
    using memcache::MetaMode;
    const std::string_view bytes{request.value, request.value_size};
    if (flags.mode == MetaMode::kAppend) return join(lookup, bytes, flags, JoinMode::kAppend);
    if (flags.mode == MetaMode::kPrepend) return join(lookup, bytes, flags, JoinMode::kPrepend);
    WriteTerms terms = terms_of(flags);
    terms.or_newer = flags.has('I');
    if (flags.mode == MetaMode::kAdd) terms.mode = PutMode::kAdd;
    if (flags.mode == MetaMode::kReplace) terms.mode = PutMode::kReplace;
    const Value value = value_of(bytes, flags, flags.has('T') ? flags.exptime : 0);
    return write_value(store_, lookup, value, terms, received);
  }

  // With N, what is missing is stored.
  Written join(const Lookup& lookup, std::string_view bytes, const memcache::MetaFlags& flags,
               JoinMode mode) noexcept {
    const WriteTerms terms = terms_of(flags);
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

  // ---- md

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
    WriteTerms terms = terms_of(flags);
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

  // ---- ma

  MemcacheOutcome calculate(const Lookup& lookup, const memcache::MetaFlags& flags) noexcept {
    bool is_new = false;
    ArithmeticResult result = compute(lookup, flags);
    if (result.status == ArithmeticStatus::kNotFound && flags.has('N')) {
      result = create(lookup, flags);
      is_new = result.status == ArithmeticStatus::kDone;
      if (result.status == ArithmeticStatus::kExists) result = compute(lookup, flags);
    }
    const bool up = flags.mode != memcache::MetaMode::kDecrement;
    switch (result.status) {
      case ArithmeticStatus::kNoMemory:
        return MemcacheOutcome::kNoMemory;
      case ArithmeticStatus::kDone:
        tally_.count(up ? MemcacheCount::kIncrHit : MemcacheCount::kDecrHit);
        answer(lookup, flags, result, is_new);
        break;
      case ArithmeticStatus::kNotFound:
        tally_.count(up ? MemcacheCount::kIncrMiss : MemcacheCount::kDecrMiss);
        write_meta_line(out_, "NF", lookup.key, flags);
        break;
      case ArithmeticStatus::kExists:
        tally_.count(MemcacheCount::kCasBadval);
        write_meta_line(out_, "EX", lookup.key, flags);
        break;
      case ArithmeticStatus::kNotNumber:
        tally_.count(MemcacheCount::kNotNumber);
        out_.append(reply_line(memcache::Reply::kNotNumber));
        break;
    }
    return MemcacheOutcome::kDone;
  }

  ArithmeticResult compute(const Lookup& lookup, const memcache::MetaFlags& flags) noexcept {
    WriteTerms terms = terms_of(flags);
    if (terms.cas == 0) terms.cas.reset();  // which memcached takes for none
    const bool up = flags.mode != memcache::MetaMode::kDecrement;
    return store_.arithmetic(lookup, flags.has('D') ? flags.delta : 1,
                             up ? ArithmeticMode::kIncrement : ArithmeticMode::kDecrement, terms);
  }

  // kExists: another client stored it meanwhile.
  ArithmeticResult create(const Lookup& lookup, const memcache::MetaFlags& flags) noexcept {
    const uint64_t number = flags.has('J') ? flags.initial : 0;
    char digits[kMaxDecimal];
    const auto size = static_cast<size_t>(write_u64(digits, number) - digits);
    const Value value{.bytes = {digits, size},
                      .expiry = expiry_of(flags.created_exptime(), clock_),
                      .binary_key = flags.has('b')};
    WriteTerms terms{.mode = PutMode::kAdd};
    if (flags.has('E')) terms.new_cas = flags.new_cas;
    const Written written = store_.put(lookup, value, terms);
    switch (written.status) {
      case PutStatus::kStored:
        return {ArithmeticStatus::kDone, number, written.cas};
      case PutStatus::kNoMemory:
        return {ArithmeticStatus::kNoMemory};
      case PutStatus::kNotStored:
      case PutStatus::kExists:
      case PutStatus::kNotFound:
      case PutStatus::kTooLarge:
        break;
    }
    return {ArithmeticStatus::kExists};
  }

  // T takes effect where it stands, and t tells what stood before.
  void answer(const Lookup& lookup, const memcache::MetaFlags& flags,
              const ArithmeticResult& result, bool is_new) noexcept {
    const bool is_quiet = flags.has('q') && !is_new;
    char* to = out_.reserve(memcache::kMaxMetaLine + memcache::kMaxNumberLine);
    memcache::MetaLine line(to);
    char digits[kMaxDecimal];
    const std::string_view number{digits,
                                  static_cast<size_t>(write_u64(digits, result.number) - digits)};
    line.begin(flags.has('v') ? "VA" : "HD");
    if (flags.has('v')) line.size(number.size());
    Expiry expiry;
    if (flags.has('t') && !is_new) {
      const auto item = store_.peek(lookup);
      if (item) expiry = store_.expiry(*item);
    }
    for (size_t i = 0; i < flags.count; ++i) {
      const char flag = flags.order[i];
      if (flag == 'c') line.number('c', result.cas);
      if (flag == 'k') line.key(lookup.key, flags.has('b'));
      if (flag == 'O') line.opaque(flags.opaque_text());
      if (flag == 't') line.seconds('t', seconds_left(expiry, clock_));
      if (flag == 'N' && is_new) expiry = expiry_of(flags.vivify_exptime, clock_);
      if (flag == 'T') {
        expiry = expiry_of(flags.exptime, clock_);
        if (!is_new) (void)store_.touch(lookup, expiry);
      }
    }
    to = line.end();
    if (is_quiet) return;
    if (flags.has('v')) {
      to = memcache::copy_exact(to, number);
      std::memcpy(to, "\r\n", memcache::kTerminator);
      to += memcache::kTerminator;
    }
    out_.commit(to);
  }

  Store& store_;
  const Clock& clock_;
  Output& out_;
  MemcacheTally& tally_;
  MemcacheMetaGet<Store> get_;
};

}  // namespace pelikan
