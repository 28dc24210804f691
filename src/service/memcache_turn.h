// MemcacheTurn is one call of process(): it parses key operations in batches and executes them in
// order, until the input ends or the output is full.
//
// An epoch covers one batch at most, and no system call: inside a batch it is left and entered anew
// when the replies became long, for a command that is not about items, and while the store makes
// room.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "buffer/output.h"
#include "core/processor.h"
#include "protocol/memcache/parse.h"
#include "protocol/memcache/scan.h"
#include "service/memcache_batch.h"
#include "service/memcache_control.h"
#include "service/memcache_executor.h"
#include "service/memcache_incoming.h"
#include "service/memcache_state.h"

namespace pelikan {

static_assert(kReadSlack >= memcache::kScanSlack && kReadSlack >= memcache::kCopySlack);
static_assert(kWriteSlack >= memcache::kCopySlack);

template <MemcacheBackend Store>
class MemcacheTurn {
 public:
  MemcacheTurn(MemcacheShared<Store>& shared, MemcacheState<Store>& state, std::string_view in,
               Output& out) noexcept
      : shared_(shared),
        state_(state),
        rest_(in),
        out_(out),
        executor_(shared.store, shared.clock, out) {}

  Progress run() noexcept {
    const char* begin = rest_.data();
    if (state_.incoming != nullptr) state_.incoming->answered();
    while (going_ && settle_value()) {
      const memcache::ParseStatus status = shared_.batch.parse(rest_, state_.parser);
      run_batch(nullptr);
      if (going_) go_on(status);
    }
    progress_.consumed = static_cast<size_t>(rest_.data() - begin);
    return progress_;
  }

  [[nodiscard]] const MemcacheTally& tally() noexcept { return executor_.tally(); }

 private:
  using Reservation = typename Store::Reservation;

  // Why a batch is interrupted, its epoch left.
  enum class Pause : uint8_t { kNone, kEpochSpent, kControl, kOutputFull, kNoMemory, kClose };

  static constexpr size_t kRepliesPerEpoch = 64 * 1024;

  void run_batch(Reservation* received) noexcept {
    MemcacheBatch& batch = shared_.batch;
    bool prepared = false;
    while (going_ && !batch.is_done()) {
      Pause pause = Pause::kNone;
      {
        const auto epoch = shared_.store.enter();
        if (!std::exchange(prepared, true)) shared_.store.prepare(batch.lookups());
        pause = run_in_epoch(received);
      }
      settle_pause(pause);
    }
    const char* at = batch.settle(state_.parser);
    rest_.remove_prefix(static_cast<size_t>(at - rest_.data()));
  }

  Pause run_in_epoch(Reservation* received) noexcept {
    const size_t long_bytes = executor_.long_bytes();
    for (MemcacheBatch& batch = shared_.batch; !batch.is_done(); batch.advance()) {
      if (!out_.has_room()) return Pause::kOutputFull;
      if (memcache::is_control(batch.request().command)) return Pause::kControl;
      if (executor_.long_bytes() - long_bytes > kRepliesPerEpoch) return Pause::kEpochSpent;
      if (attempts_ > kMemcacheRoomAttempts) {
        executor_.give_up(batch.lookup(), batch.request());
        attempts_ = 0;
        continue;
      }
      switch (executor_.execute(batch.lookup(), batch.request(), received)) {
        case MemcacheOutcome::kDone:
          attempts_ = 0;
          break;
        case MemcacheOutcome::kOutputFull:
          return Pause::kOutputFull;
        case MemcacheOutcome::kNoMemory:
          return Pause::kNoMemory;
        case MemcacheOutcome::kClose:
          return Pause::kClose;
      }
    }
    return Pause::kNone;
  }

  void settle_pause(Pause pause) noexcept {
    switch (pause) {
      case Pause::kNone:
      case Pause::kEpochSpent:
        break;
      case Pause::kControl:
        run_control(shared_.batch.request());
        break;
      case Pause::kOutputFull:
        going_ = false;
        break;
      case Pause::kNoMemory:
        attempts_ = shared_.store.make_room() ? attempts_ + 1 : kMemcacheRoomAttempts + 1;
        break;
      case Pause::kClose:
        close();
        break;
    }
  }

  void run_control(const memcache::Request& request) noexcept {
    if (request.command == memcache::Command::kRefused) {
      refuse(request);
    } else if (request.command == memcache::Command::kFlushAll) {
      flush(request);
    } else {
      const MemcacheOutcome outcome = shared_.control.execute(request, out_);
      if (outcome == MemcacheOutcome::kClose) close();
      if (outcome == MemcacheOutcome::kOutputFull) {
        going_ = false;
        return;
      }
    }
    shared_.batch.advance();
  }

  void refuse(const memcache::Request& request) noexcept {
    executor_.tally().count(MemcacheCount::kRefused);
    executor_.answer(request, request.refusal);
    state_.swallow = request.value_size;
    if (request.close) close();
  }

  void flush(const memcache::Request& request) noexcept {
    executor_.tally().count(MemcacheCount::kFlush);
    if (!shared_.control.may_flush()) {
      return executor_.answer(request, memcache::Reply::kFlushNotAllowed);
    }
    shared_.store.flush(flush_time_of(request.exptime, shared_.clock));
    executor_.answer(request, memcache::Reply::kOk);
  }

  void close() noexcept {
    progress_.close = true;
    going_ = false;
  }

  // Behind a batch that was executed to its end.
  void go_on(memcache::ParseStatus status) noexcept {
    switch (status) {
      case memcache::ParseStatus::kRequest:
        break;
      case memcache::ParseStatus::kIncomplete:
        going_ = false;
        break;
      case memcache::ParseStatus::kIncompleteValue:
        begin_value(shared_.batch.incomplete());
        break;
      case memcache::ParseStatus::kHangUp:
        executor_.tally().count(MemcacheCount::kHangUp);
        close();
        break;
    }
  }

  // A request whose value is not all there. One that fits the input waits there and is parsed
  // again.
  void begin_value(const memcache::Request& request) noexcept {
    const auto line = static_cast<size_t>(request.value - rest_.data());
    const size_t whole = line + request.value_size + memcache::kTerminator;
    const bool too_large = request.value_size > shared_.store.value_limit(request.key.size());
    if ((whole <= Chunk::kRoom && !too_large) || !out_.has_room()) {
      going_ = false;
      return;
    }
    if (!too_large) {
      state_.incoming = IncomingValue<Store>::begin(request, shared_.store, out_.pool());
    }
    if (state_.incoming == nullptr) {
      refuse_value(request, too_large);
      state_.swallow = request.value_size + memcache::kTerminator;
    }
    rest_.remove_prefix(line);
  }

  void refuse_value(const memcache::Request& request, bool too_large) noexcept {
    const auto epoch = shared_.store.enter();
    Lookup lookup{request.key};
    shared_.store.prepare({&lookup, 1});
    if (too_large) {
      executor_.refuse_size(lookup, request);
    } else {
      executor_.give_up(lookup, request);
    }
  }

  // Swallows what a refused request still brings, receives what an accepted one does. False:
  // nothing more can be done before more bytes come, or the output drains.
  bool settle_value() noexcept {
    const auto swallowed = static_cast<size_t>(std::min<uint64_t>(state_.swallow, rest_.size()));
    state_.swallow -= swallowed;
    rest_.remove_prefix(swallowed);
    if (state_.swallow != 0) return false;
    if (state_.incoming == nullptr) return true;
    rest_.remove_prefix(state_.incoming->take(rest_));
    progress_.receive_into = state_.incoming->ask();
    if (!progress_.receive_into.empty() || rest_.size() < memcache::kTerminator) return false;
    store_incoming();
    return going_;
  }

  void store_incoming() noexcept {
    memcache::Request request = state_.incoming->request();
    request.end = rest_.data() + memcache::kTerminator;
    if (std::memcmp(rest_.data(), "\r\n", memcache::kTerminator) != 0) {
      request.command = memcache::Command::kRefused;
      request.refusal = memcache::Reply::kBadDataChunk;
      request.value_size = 0;
    }
    shared_.batch.assign(request, rest_, state_.parser);
    run_batch(state_.incoming->reservation());
    if (shared_.batch.is_done()) state_.incoming.reset();
  }

  MemcacheShared<Store>& shared_;
  MemcacheState<Store>& state_;
  std::string_view rest_;  // of the input, not done yet
  Output& out_;
  MemcacheExecutor<Store> executor_;
  unsigned attempts_ = 0;  // to make room for the operation that is on
  bool going_ = true;
  Progress progress_;
};

}  // namespace pelikan
