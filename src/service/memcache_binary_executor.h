// MemcacheBinaryExecutor does to a store what one frame of the binary protocol says, and writes its
// reply. A frame says more than a line of text: nearly all may name the cas token that the item
// must have, and replies tell the one that it got. Lives for one call of process(). Source:
// memcached's doc/protocol-binary.xml and the behaviour of memcached 1.6.18.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "buffer/output.h"
#include "protocol/memcache/binary.h"
#include "protocol/memcache/parse_binary.h"
#include "protocol/memcache/request.h"
#include "service/memcache_binary_arithmetic.h"
#include "service/memcache_binary_control.h"
#include "service/memcache_binary_replies.h"
#include "service/memcache_control.h"
#include "service/memcache_executor.h"
#include "service/memcache_expiry.h"
#include "service/memcache_metrics.h"
#include "service/memcache_outcome.h"
#include "service/memcache_value.h"
#include "service/memcache_write.h"
#include "storage/store.h"

namespace pelikan {

template <MemcacheBackend Store>
class MemcacheBinaryExecutor {
 public:
  using Reservation = typename Store::Reservation;
  using Request = memcache::BinaryRequest;
  using Batch = MemcacheBatch<memcache::BinaryParser>;

  MemcacheBinaryExecutor(Store& store, const Clock& clock, Output& out) noexcept
      : store_(store), clock_(clock), out_(out), replies_(out) {}

  // The batch's next operation, which is about a key. `received` has the value that did not come
  // with its request, if there is one. REQUIRES: in an epoch; the batch was prepared;
  // out.has_room()
  [[nodiscard]] MemcacheOutcome execute(const Batch& batch, Reservation* received) noexcept {
    using memcache::Command;
    const Lookup& lookup = batch.lookup();
    const Request& request = batch.request();
    if (is_retrieval(request.command)) return retrieve(lookup, request);
    if (is_storage(request.command)) return store(lookup, request, received);
    if (request.command == Command::kDelete) return remove(lookup, request);
    if (request.command == Command::kTouch) return touch(lookup, request);
    return MemcacheBinaryArithmetic(store_, clock_, replies_, tally_).execute(lookup, request);
  }
  // One that is about no item. REQUIRES: not in an epoch; out.has_room()
  [[nodiscard]] MemcacheOutcome execute_control(const Request& request,
                                                const MemcacheControl& control) noexcept {
    return execute_binary_control(request, control, out_);
  }

  // Answers a write for which no memory came free. What stood there goes: nothing stale is read.
  // REQUIRES: as execute()
  void give_up(const Lookup& lookup, const Request& request) noexcept {
    tally_.count(MemcacheCount::kNoMemory);
    if (request.command != memcache::Command::kAdd) (void)store_.erase(lookup);
    replies_.fail(request, BinaryStatus::kNoMemory);
  }
  // Answers what is a line in the text protocol.
  void answer(const Request& request, memcache::Reply said) noexcept {
    const BinaryStatus status = binary_status(said);
    status == BinaryStatus::kSuccess ? replies_.succeed(request) : replies_.fail(request, status);
  }

  [[nodiscard]] MemcacheTally& tally() noexcept { return tally_; }
  // Bytes of long values composed so far; short ones are few in one batch.
  [[nodiscard]] size_t long_bytes() const noexcept { return long_bytes_; }

 private:
  using BinaryStatus = memcache::BinaryStatus;

  MemcacheOutcome retrieve(const Lookup& lookup, const Request& request) noexcept {
    const auto item = store_.get(lookup);
    if (item) {
      const BinaryValueHead head{request, wants_key(request) ? request.key : std::string_view()};
      switch (compose_value(*item, head, out_)) {
        case Composed::kShort:
          break;
        case Composed::kLong:
          long_bytes_ += item->value_size();
          break;
        case Composed::kNoRoom:
          return MemcacheOutcome::kOutputFull;
        case Composed::kNever:  // and no waiting would help
          replies_.fail(request, BinaryStatus::kNoMemory);
          return MemcacheOutcome::kDone;
      }
    } else if (!request.noreply) {
      tell_miss(request);
    }
    tally_.count(item ? MemcacheCount::kGetHit : MemcacheCount::kGetMiss);
    if (request.command == memcache::Command::kGat) {
      const bool touched = item && store_.touch(lookup, expiry(request));
      tally_.count(touched ? MemcacheCount::kTouchHit : MemcacheCount::kTouchMiss);
    }
    return MemcacheOutcome::kDone;
  }

  static bool wants_key(const Request& request) noexcept {
    using memcache::Opcode;
    const Opcode opcode = request.opcode;
    return opcode == Opcode::kGetK || opcode == Opcode::kGetKQ || opcode == Opcode::kGatK ||
           opcode == Opcode::kGatKQ;
  }
  void tell_miss(const Request& request) noexcept {
    if (!wants_key(request)) return replies_.fail(request, BinaryStatus::kNotFound);
    replies_.reply(request, BinaryStatus::kNotFound, request.key, 0,
                   static_cast<uint16_t>(request.key.size()));
  }

  MemcacheOutcome store(const Lookup& lookup, const Request& request,
                        Reservation* received) noexcept {
    const bool is_cas = request.command == memcache::Command::kCas;
    if (request.value_size > store_.value_limit(request.key.size())) {
      refuse_size(lookup, request);
      return MemcacheOutcome::kDone;
    }
    const Written written = write(lookup, request, received);
    switch (written.status) {
      case PutStatus::kNoMemory:
        return MemcacheOutcome::kNoMemory;
      case PutStatus::kTooLarge:  // of a joined value, which memcached does not tell from a miss
      case PutStatus::kNotStored:
        tally_.count(MemcacheCount::kNotStored);
        replies_.fail(request, not_stored(request.command));
        break;
      case PutStatus::kStored:
        if (is_cas) tally_.count(MemcacheCount::kCasHit);
        replies_.succeed(request, written.cas);
        break;
      case PutStatus::kExists:
        tally_.count(MemcacheCount::kCasBadval);
        replies_.fail(request, BinaryStatus::kExists);
        break;
      case PutStatus::kNotFound:
        tally_.count(MemcacheCount::kCasMiss);
        replies_.fail(request, is_cas ? BinaryStatus::kNotFound : BinaryStatus::kNotStored);
        break;
    }
    tally_.count(storage_count(request.command));
    return MemcacheOutcome::kDone;
  }

  Written write(const Lookup& lookup, const Request& request, Reservation* received) noexcept {
    using memcache::Command;
    const Value value{{request.value, request.value_size}, request.flags, expiry(request)};
    const WriteTerms terms{.mode = put_mode(request.command), .cas = request.wanted_cas()};
    if (request.command == Command::kAppend) {
      return store_.join(lookup, value.bytes, JoinMode::kAppend, terms);
    }
    if (request.command == Command::kPrepend) {
      return store_.join(lookup, value.bytes, JoinMode::kPrepend, terms);
    }
    return write_value(store_, lookup, value, terms, received);
  }

  // Why nothing was stored: it depends on what was asked.
  static BinaryStatus not_stored(memcache::Command command) noexcept {
    switch (command) {
      case memcache::Command::kAdd:
        return BinaryStatus::kExists;
      case memcache::Command::kReplace:
        return BinaryStatus::kNotFound;
      default:
        return BinaryStatus::kNotStored;
    }
  }
  // A set removes what stood there.
  void refuse_size(const Lookup& lookup, const Request& request) noexcept {
    tally_.count(MemcacheCount::kTooLarge);
    if (request.command == memcache::Command::kSet) (void)store_.erase(lookup);
    replies_.fail(request, BinaryStatus::kTooLarge);
  }

  MemcacheOutcome remove(const Lookup& lookup, const Request& request) noexcept {
    EraseStatus status = EraseStatus::kNotFound;
    if (const auto cas = request.wanted_cas()) {
      status = store_.erase_if(lookup, *cas);
    } else if (store_.erase(lookup)) {
      status = EraseStatus::kErased;
    }
    switch (status) {
      case EraseStatus::kErased:
        tally_.count(MemcacheCount::kDeleteHit);
        replies_.succeed(request);
        break;
      case EraseStatus::kNotFound:
        tally_.count(MemcacheCount::kDeleteMiss);
        replies_.fail(request, BinaryStatus::kNotFound);
        break;
      case EraseStatus::kExists:
        tally_.count(MemcacheCount::kCasBadval);
        replies_.fail(request, BinaryStatus::kExists);
        break;
    }
    return MemcacheOutcome::kDone;
  }

  // Tells the flags, too, as memcached does.
  MemcacheOutcome touch(const Lookup& lookup, const Request& request) noexcept {
    const auto item = store_.peek(lookup);
    const bool found = item && store_.touch(lookup, expiry(request));
    tally_.count(found ? MemcacheCount::kTouchHit : MemcacheCount::kTouchMiss);
    if (!found) {
      replies_.fail(request, BinaryStatus::kNotFound);
      return MemcacheOutcome::kDone;
    }
    char* to = out_.reserve(BinaryValueHead::kMaxHead);
    out_.commit(BinaryValueHead{request, {}}.head(to, *item, 0));
    return MemcacheOutcome::kDone;
  }

  [[nodiscard]] Expiry expiry(const Request& request) const noexcept {
    return expiry_of(request.exptime, clock_);
  }

  Store& store_;
  const Clock& clock_;
  Output& out_;
  BinaryReplies replies_;
  MemcacheTally tally_;
  size_t long_bytes_ = 0;
};

}  // namespace pelikan
