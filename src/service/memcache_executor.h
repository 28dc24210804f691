// MemcacheExecutor does to a store what one key operation says, and writes its reply: the meaning
// of memcached's commands of data, once for all stores. Lives for one call of process(). Source:
// memcached's doc/protocol.txt and the behaviour of memcached 1.6.45.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "buffer/output.h"
#include "protocol/memcache/compose.h"
#include "protocol/memcache/request.h"
#include "service/memcache_batch.h"
#include "service/memcache_control.h"
#include "service/memcache_expiry.h"
#include "service/memcache_meta.h"
#include "service/memcache_metrics.h"
#include "service/memcache_outcome.h"
#include "service/memcache_value.h"
#include "service/memcache_write.h"
#include "storage/store.h"

namespace pelikan {

template <class Store>
concept MemcacheBackend = MemcacheStore<Store> && LargeValueStore<Store> &&
                          ConditionalStore<Store> && ScannableStore<Store>;

template <MemcacheBackend Store>
class MemcacheExecutor {
 public:
  using Reservation = typename Store::Reservation;
  using Batch = MemcacheBatch<memcache::RequestParser>;

  MemcacheExecutor(Store& store, const Clock& clock, Output& out) noexcept
      : store_(store), clock_(clock), out_(out) {}

  // The batch's next operation, which is about a key. `received` has the value that did not come
  // with its request, if there is one. REQUIRES: in an epoch; the batch was prepared;
  // out.has_room()
  [[nodiscard]] MemcacheOutcome execute(const Batch& batch, Reservation* received) noexcept {
    using memcache::Command;
    const Lookup& lookup = batch.lookup();
    const memcache::Request& request = batch.request();
    if (is_retrieval(request.command)) return retrieve(lookup, request);
    if (is_meta(request.command)) return execute_meta(batch, received);
    if (is_storage(request.command)) return store(lookup, request, received);
    if (request.command == Command::kDelete) return remove(lookup, request);
    if (request.command == Command::kTouch) return touch(lookup, request);
    return calculate(lookup, request);
  }
  // One that is about no item. REQUIRES: not in an epoch; out.has_room()
  [[nodiscard]] MemcacheOutcome execute_control(const memcache::Request& request,
                                                const MemcacheControl& control) noexcept {
    return control.execute(request, out_);
  }

  // Answers a write for which no memory came free. What stood there goes: nothing stale is read.
  // REQUIRES: as execute()
  void give_up(const Lookup& lookup, const memcache::Request& request) noexcept {
    tally_.count(MemcacheCount::kNoMemory);
    if (request.command != memcache::Command::kAdd) (void)store_.erase(lookup);
    answer(request, memcache::Reply::kNoMemory);
  }
  // Answers a value above the store's limit; a set removes what stood there. REQUIRES: as execute()
  void refuse_size(const Lookup& lookup, const memcache::Request& request) noexcept {
    tally_.count(MemcacheCount::kTooLarge);
    using memcache::Command;
    if (request.command == Command::kSet || request.command == Command::kMetaSet) {
      (void)store_.erase(lookup);
    }
    answer(request, memcache::Reply::kTooLarge);
  }

  // REQUIRES: out.has_room()
  void answer(const memcache::Request& request, memcache::Reply reply) noexcept {
    if (!request.noreply) write_line(reply);
  }
  void write_line(memcache::Reply reply) noexcept {
    out_.commit(memcache::compose_reply(out_.reserve(memcache::kMaxReplyLine), reply));
  }

  [[nodiscard]] MemcacheTally& tally() noexcept { return tally_; }
  // Bytes of long values composed so far; short ones are few in one batch.
  [[nodiscard]] size_t long_bytes() const noexcept { return long_bytes_; }

 private:
  MemcacheOutcome retrieve(const Lookup& lookup, const memcache::Request& request) noexcept {
    using memcache::Command;
    const auto item = store_.get(lookup);
    if (item) {
      switch (compose_value(*item, TextValueFrame{request}, out_)) {
        case Composed::kShort:
          break;
        case Composed::kLong:
          long_bytes_ += item->value_size();
          break;
        case Composed::kNoRoom:
          return MemcacheOutcome::kOutputFull;
        case Composed::kNever:  // and no waiting would help
          write_line(memcache::Reply::kNoMemoryForGet);
          return MemcacheOutcome::kClose;
      }
    } else if (request.last) {
      write_line(memcache::Reply::kEnd);
    }
    tally_.count(item ? MemcacheCount::kGetHit : MemcacheCount::kGetMiss);
    if (request.command == Command::kGat || request.command == Command::kGats) {
      const bool touched = item && store_.touch(lookup, expiry_of(request.exptime, clock_));
      tally_.count(touched ? MemcacheCount::kTouchHit : MemcacheCount::kTouchMiss);
    }
    return MemcacheOutcome::kDone;
  }

  MemcacheOutcome execute_meta(const Batch& batch, Reservation* received) noexcept {
    const Lookup& lookup = batch.lookup();
    const memcache::Request& request = batch.request();
    const bool has_value = request.command == memcache::Command::kMetaSet;
    if (has_value && request.value_size > store_.value_limit(lookup.key.size())) {
      refuse_size(lookup, request);
      return MemcacheOutcome::kDone;
    }
    return meta_.execute(lookup, request, batch.flags(), received);
  }

  MemcacheOutcome store(const Lookup& lookup, const memcache::Request& request,
                        Reservation* received) noexcept {
    using memcache::Reply;
    const bool is_cas = request.command == memcache::Command::kCas;
    const PutStatus status = request.value_size > store_.value_limit(lookup.key.size())
                                 ? PutStatus::kTooLarge
                                 : write(lookup, request, received);
    switch (status) {
      case PutStatus::kNoMemory:
        return MemcacheOutcome::kNoMemory;
      case PutStatus::kTooLarge:
        refuse_size(lookup, request);
        return MemcacheOutcome::kDone;
      case PutStatus::kStored:
        if (is_cas) tally_.count(MemcacheCount::kCasHit);
        answer(request, Reply::kStored);
        break;
      case PutStatus::kNotStored:
        tally_.count(MemcacheCount::kNotStored);
        answer(request, Reply::kNotStored);
        break;
      case PutStatus::kExists:
        tally_.count(MemcacheCount::kCasBadval);
        answer(request, Reply::kExists);
        break;
      case PutStatus::kNotFound:
        tally_.count(MemcacheCount::kCasMiss);
        answer(request, Reply::kNotFound);
        break;
    }
    tally_.count(storage_count(request.command));
    return MemcacheOutcome::kDone;
  }

  PutStatus write(const Lookup& lookup, const memcache::Request& request,
                  Reservation* received) noexcept {
    using memcache::Command;
    const Value value{
        {request.value, request.value_size}, request.flags, expiry_of(request.exptime, clock_)};
    if (request.command == Command::kAppend || request.command == Command::kPrepend) {
      const bool behind = request.command == Command::kAppend;
      const PutStatus status =
          store_.join(lookup, value.bytes, behind ? JoinMode::kAppend : JoinMode::kPrepend);
      // memcached tells of a joined value that is too large as of a missing one.
      return status == PutStatus::kTooLarge ? PutStatus::kNotStored : status;
    }
    if (received != nullptr) return publish(lookup, request, value, *received);
    if (store_.is_large(lookup.key.size(), value.bytes.size())) {
      auto reservation = store_.reserve(lookup.key, value.bytes.size());
      if (!reservation) return PutStatus::kNoMemory;
      fill(*reservation, value.bytes);
      return publish(lookup, request, value, *reservation);
    }
    if (request.command == Command::kCas) {
      return store_.compare_and_put(lookup, value, request.number);
    }
    return store_.put(lookup, value, put_mode(request.command));
  }

  PutStatus publish(const Lookup& lookup, const memcache::Request& request, const Value& value,
                    Reservation& reservation) noexcept {
    if (request.command == memcache::Command::kCas) {
      return store_.publish_if(lookup, std::move(reservation), value, request.number);
    }
    return store_.publish(lookup, std::move(reservation), value, put_mode(request.command));
  }

  MemcacheOutcome remove(const Lookup& lookup, const memcache::Request& request) noexcept {
    const bool found = store_.erase(lookup);
    tally_.count(found ? MemcacheCount::kDeleteHit : MemcacheCount::kDeleteMiss);
    answer(request, found ? memcache::Reply::kDeleted : memcache::Reply::kNotFound);
    return MemcacheOutcome::kDone;
  }

  MemcacheOutcome touch(const Lookup& lookup, const memcache::Request& request) noexcept {
    const bool found = store_.touch(lookup, expiry_of(request.exptime, clock_));
    tally_.count(found ? MemcacheCount::kTouchHit : MemcacheCount::kTouchMiss);
    answer(request, found ? memcache::Reply::kTouched : memcache::Reply::kNotFound);
    return MemcacheOutcome::kDone;
  }

  MemcacheOutcome calculate(const Lookup& lookup, const memcache::Request& request) noexcept {
    const bool up = request.command == memcache::Command::kIncr;
    const ArithmeticResult result = store_.arithmetic(
        lookup, request.number, up ? ArithmeticMode::kIncrement : ArithmeticMode::kDecrement);
    switch (result.status) {
      case ArithmeticStatus::kNoMemory:
        return MemcacheOutcome::kNoMemory;
      case ArithmeticStatus::kDone:
        tally_.count(up ? MemcacheCount::kIncrHit : MemcacheCount::kDecrHit);
        if (!request.noreply) {
          char* to = out_.reserve(memcache::kMaxNumberLine);
          out_.commit(memcache::compose_number(to, result.number));
        }
        break;
      case ArithmeticStatus::kExists:  // no token was asked for
      case ArithmeticStatus::kNotFound:
        tally_.count(up ? MemcacheCount::kIncrMiss : MemcacheCount::kDecrMiss);
        answer(request, memcache::Reply::kNotFound);
        break;
      case ArithmeticStatus::kNotNumber:
        tally_.count(MemcacheCount::kNotNumber);
        answer(request, memcache::Reply::kNotNumber);
        break;
    }
    return MemcacheOutcome::kDone;
  }

  Store& store_;
  const Clock& clock_;
  Output& out_;
  MemcacheTally tally_;
  size_t long_bytes_ = 0;
  MemcacheMeta<Store> meta_{store_, clock_, out_, tally_, long_bytes_};
};

}  // namespace pelikan
