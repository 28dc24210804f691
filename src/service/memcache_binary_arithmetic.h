// MemcacheBinaryArithmetic does what increment and decrement of the binary protocol say: they may
// begin a number that is missing, and tell it in eight bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/clock.h"
#include "protocol/memcache/binary.h"
#include "protocol/memcache/parse_binary.h"
#include "protocol/memcache/request.h"
#include "service/memcache_binary_replies.h"
#include "service/memcache_expiry.h"
#include "service/memcache_metrics.h"
#include "service/memcache_outcome.h"
#include "storage/store.h"

namespace pelikan {

// Lives for one operation.
template <class Store>
class MemcacheBinaryArithmetic {
 public:
  MemcacheBinaryArithmetic(Store& store, const Clock& clock, BinaryReplies& replies,
                           MemcacheTally& tally) noexcept
      : store_(store), clock_(clock), replies_(replies), tally_(tally) {}

  // REQUIRES: in an epoch; lookup was prepared; out.has_room()
  [[nodiscard]] MemcacheOutcome execute(const Lookup& lookup,
                                        const memcache::BinaryRequest& request) noexcept {
    const bool up = request.command == memcache::Command::kIncr;
    const ArithmeticMode mode = up ? ArithmeticMode::kIncrement : ArithmeticMode::kDecrement;
    const WriteTerms terms{.cas = request.wanted_cas()};
    const ArithmeticResult result = store_.arithmetic(lookup, request.number, mode, terms);
    switch (result.status) {
      case ArithmeticStatus::kNoMemory:
        return MemcacheOutcome::kNoMemory;
      case ArithmeticStatus::kDone:
        tally_.count(up ? MemcacheCount::kIncrHit : MemcacheCount::kDecrHit);
        tell_number(request, result.number, result.cas);
        break;
      case ArithmeticStatus::kNotFound:
        return begin_number(lookup, request, up);
      case ArithmeticStatus::kNotNumber:
        tally_.count(MemcacheCount::kNotNumber);
        replies_.fail(request, BinaryStatus::kNotNumber);
        break;
      case ArithmeticStatus::kExists:
        tally_.count(MemcacheCount::kCasBadval);
        replies_.fail(request, BinaryStatus::kExists);
        break;
    }
    return MemcacheOutcome::kDone;
  }

 private:
  using BinaryStatus = memcache::BinaryStatus;

  // Arithmetic with a missing key.
  MemcacheOutcome begin_number(const Lookup& lookup, const memcache::BinaryRequest& request,
                               bool up) noexcept {
    Written written{.status = PutStatus::kNotFound};
    if (request.creates && request.cas == 0) {
      const Decimal digits(request.initial);
      const Value value{digits.text(), 0, expiry_of(request.exptime, clock_)};
      written = store_.put(lookup, value, WriteTerms{.mode = PutMode::kAdd});
      if (written.status == PutStatus::kNoMemory) return MemcacheOutcome::kNoMemory;
    }
    tally_.count(up ? MemcacheCount::kIncrMiss : MemcacheCount::kDecrMiss);
    if (written.status == PutStatus::kStored) {
      tell_number(request, request.initial, written.cas);
    } else {  // or another thread was faster
      replies_.fail(request, written.status == PutStatus::kNotFound ? BinaryStatus::kNotFound
                                                                    : BinaryStatus::kNotStored);
    }
    return MemcacheOutcome::kDone;
  }

  void tell_number(const memcache::BinaryRequest& request, uint64_t number, uint64_t cas) noexcept {
    if (request.noreply) return;
    char body[sizeof number];
    memcache::write_big_endian(body, number);
    replies_.reply(request, BinaryStatus::kSuccess, {body, sizeof body}, cas);
  }

  Store& store_;
  const Clock& clock_;
  BinaryReplies& replies_;
  MemcacheTally& tally_;
};

}  // namespace pelikan
