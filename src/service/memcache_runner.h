// MemcacheRunner executes batches of key operations in order, until the output is full or the
// connection ends.
//
// An epoch covers one batch at most, and no system call: inside a batch it is left and entered anew
// when the replies became long, for a command that is not about items, and while the store makes
// room. An operation whose outcome is to be noted, in the command log or by its prefix, is a
// stretch of its own, so that the others need no look at whether they are.
//
// Lives for one call of process().
#pragma once

#include <cstddef>
#include <cstdint>

#include "buffer/output.h"
#include "service/memcache_batch.h"
#include "service/memcache_control.h"
#include "service/memcache_dialect.h"
#include "service/memcache_incoming.h"
#include "service/memcache_note.h"
#include "service/memcache_state.h"
#include "service/memcache_tuning.h"

namespace pelikan {

template <MemcacheBackend Store, class Dialect>
class MemcacheRunner {
 public:
  using Reservation = typename Store::Reservation;
  using Parser = typename Dialect::Parser;
  using Request = typename Parser::Request;
  using Batch = MemcacheBatch<Parser>;

  MemcacheRunner(MemcacheShared<Store>& shared, MemcacheState<Store, Parser>& state,
                 Output& out) noexcept
      : shared_(shared), state_(state), out_(out), executor_(shared.store, shared.clock, out) {}

  // Executes a batch that the store has prepared, as far as it goes. `received` has the value of
  // its only request, if that did not come with it.
  void run(Batch& batch, Reservation* received) noexcept {
    batch_ = &batch;
    while (going_ && !batch.is_done()) {
      Pause pause = Pause::kNone;
      {
        const auto epoch = shared_.store.enter();
        pause = run_in_epoch(received);
      }
      settle_pause(pause);
    }
  }

  // Nothing more can be done in this turn.
  void stop() noexcept { going_ = false; }
  void close() noexcept {
    closes_ = true;
    going_ = false;
  }
  // All attempts to make room for the next operation were in vain.
  void give_up_next() noexcept { attempts_ = kMemcacheRoomAttempts + 1; }

  [[nodiscard]] bool is_going() const noexcept { return going_; }
  [[nodiscard]] bool closes() const noexcept { return closes_; }
  [[nodiscard]] MemcacheTally& tally() noexcept { return executor_.tally(); }

 private:
  // Why a batch is interrupted, its epoch left.
  enum class Pause : uint8_t { kNone, kEpochSpent, kControl, kOutputFull, kNoMemory, kClose };

  static constexpr size_t kRepliesPerEpoch = 64 * 1024;

  // Stretches of operations of which nothing is noted, and behind each the one of which something
  // is.
  Pause run_in_epoch(Reservation* received) noexcept {
    const bool notes_all = shared_.control.prefixes().is_on() || shared_.is_watched();
    long_bytes_ = executor_.long_bytes();
    for (;;) {
      const size_t done = batch_->done();
      batch_->stop_after(notes_all ? 0 : shared_.klog.ahead());
      Pause pause = run_to_stop(received);
      shared_.klog.pass(batch_->done() - done);
      if (pause != Pause::kNone || batch_->is_done()) [[likely]]
        return pause;
      pause = run_noted(received);
      if (pause != Pause::kNone || batch_->is_done()) return pause;
    }
  }

  // One operation, and what is to be noted of it, unless it comes again or is about no key.
  Pause run_noted(Reservation* received) noexcept {
    MemcacheNote note(shared_, state_, *batch_, executor_.tally(), out_.size());
    batch_->stop_after(1);
    const Pause pause = run_to_stop(received);
    if (pause == Pause::kNone || pause == Pause::kClose) {
      note.finish(executor_.tally(), out_.size());
    }
    return pause;
  }

  Pause run_to_stop(Reservation* received) noexcept {
    for (; !batch_->is_at_stop(); batch_->advance()) {
      if (!out_.has_room()) return Pause::kOutputFull;
      if (memcache::is_control(batch_->request().command)) return Pause::kControl;
      if (executor_.long_bytes() - long_bytes_ > kRepliesPerEpoch) return Pause::kEpochSpent;
      if (attempts_ > kMemcacheRoomAttempts) {
        executor_.give_up(batch_->lookup(), batch_->request());
        attempts_ = 0;
        continue;
      }
      switch (executor_.execute(*batch_, received)) {
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
        run_control(batch_->request());
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

  void run_control(const Request& request) noexcept {
    if (request.command == memcache::Command::kRefused) {
      refuse(request);
    } else if (request.command == memcache::Command::kFlushAll) {
      flush(request);
    } else if (request.command == memcache::Command::kCacheMemlimit) {
      limit_memory(request);
    } else if (const auto start =
                   Dialect::kHasDumps
                       ? start_dump(request, shared_.control.may_dump(), out_.size() > 0)
                       : std::nullopt) {
      out_.append(start->reply);
      begin_dump(start->dump);
    } else if (request.command == memcache::Command::kWatch) {
      begin_watch(request);
    } else {
      const MemcacheOutcome outcome = executor_.execute_control(request, shared_.control);
      if (outcome == MemcacheOutcome::kClose) close();
      if (outcome == MemcacheOutcome::kOutputFull) {
        going_ = false;
        return;
      }
    }
    batch_->advance();
  }

  void refuse(const Request& request) noexcept {
    executor_.tally().count(MemcacheCount::kRefused);
    executor_.answer(request, request.refusal);
    state_.swallow = request.value_size;
    if (request.close) close();
  }

  // It goes on in the next turn.
  void begin_dump(const MemcacheDump& dump) noexcept {
    if (!dump.is_on()) return;
    executor_.tally().count(MemcacheCount::kDump);
    state_.dump = dump;
    going_ = false;
  }

  void begin_watch(const Request& request) noexcept {
    const bool is_behind = out_.size() > 0;
    out_.append(shared_.control.begin_watch(request.key, is_behind, state_.watcher));
    if (state_.watcher) going_ = false;
  }

  void flush(const Request& request) noexcept {
    executor_.tally().count(MemcacheCount::kFlush);
    if (!shared_.control.may_flush()) {
      return executor_.answer(request, memcache::Reply::kFlushNotAllowed);
    }
    shared_.store.flush(flush_time_of(request.exptime, shared_.clock));
    executor_.answer(request, memcache::Reply::kOk);
  }

  void limit_memory(const memcache::Request& request) noexcept {
    auto [bytes, refusal] = read_memory_limit(request.key);
    if (refusal.empty() && !shared_.store.limit_memory(bytes)) {
      refusal = "MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust\r\n";
    }
    if (request.noreply) return;
    out_.append(refusal.empty() ? reply_line(memcache::Reply::kOk) : refusal);
  }

  MemcacheShared<Store>& shared_;
  Batch* batch_ = nullptr;  // that is on
  MemcacheState<Store, Parser>& state_;
  Output& out_;
  typename Dialect::Executor executor_;
  unsigned attempts_ = 0;  // to make room for the operation that is on
  size_t long_bytes_ = 0;  // the executor's, when the epoch began
  bool going_ = true;
  bool closes_ = false;
};

}  // namespace pelikan
