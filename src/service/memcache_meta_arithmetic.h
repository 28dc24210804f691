// MemcacheMetaArithmetic does what ma says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/copy.h"
#include "buffer/output.h"
#include "protocol/memcache/compose.h"
#include "protocol/memcache/compose_meta.h"
#include "protocol/memcache/meta.h"
#include "protocol/memcache/reply.h"
#include "protocol/memcache/request.h"
#include "service/memcache_expiry.h"
#include "service/memcache_meta_line.h"
#include "service/memcache_metrics.h"
#include "service/memcache_outcome.h"
#include "storage/store.h"

namespace pelikan {

// Lives for one operation.
template <class Store>
class MemcacheMetaArithmetic {
 public:
  MemcacheMetaArithmetic(Store& store, const Clock& clock, Output& out,
                         MemcacheTally& tally) noexcept
      : store_(store), clock_(clock), out_(out), tally_(tally) {}

  // REQUIRES: in an epoch; lookup was prepared; out.has_room()
  [[nodiscard]] MemcacheOutcome execute(const Lookup& lookup,
                                        const memcache::MetaFlags& flags) noexcept {
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

 private:
  ArithmeticResult compute(const Lookup& lookup, const memcache::MetaFlags& flags) noexcept {
    WriteTerms terms = meta_terms(flags);
    if (terms.cas == 0) terms.cas.reset();  // which memcached takes for none
    const bool up = flags.mode != memcache::MetaMode::kDecrement;
    return store_.arithmetic(lookup, flags.has('D') ? flags.delta : 1,
                             up ? ArithmeticMode::kIncrement : ArithmeticMode::kDecrement, terms);
  }

  // kExists: another client stored it meanwhile.
  ArithmeticResult create(const Lookup& lookup, const memcache::MetaFlags& flags) noexcept {
    const uint64_t number = flags.has('J') ? flags.initial : 0;
    const Decimal digits(number);
    const Value value{.bytes = digits.text(),
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
    const Decimal digits(result.number);
    const std::string_view number = digits.text();
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
      to = copy_exact(to, number);
      std::memcpy(to, "\r\n", memcache::kTerminator);
      to += memcache::kTerminator;
    }
    out_.commit(to);
  }

  Store& store_;
  const Clock& clock_;
  Output& out_;
  MemcacheTally& tally_;
};

}  // namespace pelikan
