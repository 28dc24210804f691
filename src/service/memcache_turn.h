// MemcacheTurn is one call of process(): it parses key operations in batches and executes them in
// order, until the input ends or the output is full.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/copy.h"
#include "base/thread_time.h"
#include "buffer/output.h"
#include "core/processor.h"
#include "protocol/memcache/parse.h"
#include "protocol/memcache/scan.h"
#include "service/memcache_batch.h"
#include "service/memcache_incoming.h"
#include "service/memcache_runner.h"
#include "service/memcache_state.h"

namespace pelikan {

static_assert(kReadSlack >= memcache::kScanSlack && kReadSlack >= kCopySlack);
static_assert(kWriteSlack >= kCopySlack);

template <MemcacheBackend Store, class Dialect>
class MemcacheTurn {
 public:
  using Parser = typename Dialect::Parser;
  using Request = typename Parser::Request;
  using Flags = typename Parser::Flags;
  using Batch = MemcacheBatch<Parser>;

  MemcacheTurn(MemcacheShared<Store>& shared, MemcacheState<Store, Parser>& state,
               std::string_view in, Output& out) noexcept
      : shared_(shared),
        batches_(shared.template batches_of<Parser>()),
        state_(state),
        rest_(in),
        out_(out),
        runner_(shared, state, out) {}

  Progress run() noexcept {
    if (state_.watcher) [[unlikely]]
      return watch();
    const char* begin = rest_.data();
    if (state_.incoming != nullptr) state_.incoming->answered();
    while (runner_.is_going() && settle_dump() && settle_value()) {
      const memcache::ParseStatus status = run_batches();
      if (runner_.is_going()) go_on(status);
    }
    progress_.midway = state_.incoming != nullptr || state_.swallow != 0;
    progress_.close = runner_.closes();
    if (state_.dump.is_on()) progress_.again = Again::kNextRound;
    if (state_.watcher) progress_.again = Again::kSoon;
    progress_.consumed = static_cast<size_t>(rest_.data() - begin);
    return progress_;
  }

  [[nodiscard]] const MemcacheTally& tally() noexcept { return runner_.tally(); }

 private:
  // Batches on their way through three stations: parsed and located, approached, executed. One
  // leaves a station when the next has come to the one before, so that its memory arrives
  // meanwhile; few have something left to reach behind the second. Returns what stands behind the
  // last.
  memcache::ParseStatus run_batches() noexcept {
    memcache::ParseStatus status = parse(rest_);
    for (Batch* front = nullptr;;) {
      Batch& batch = *last_;
      const bool goes_on = status == memcache::ParseStatus::kRequest && batch.is_open();
      if (goes_on) status = parse(behind(batch));
      const bool leads_on = shared_.store.approach(batch.lookups());
      if (front != nullptr) {
        runner_.run(*front, nullptr);
        if (!runner_.is_going()) batch.drop(state_.parser);
        settle(*front);
        if (!runner_.is_going()) return status;
      }
      if (leads_on) shared_.store.reach(batch.lookups());
      if (!goes_on) break;
      front = &batch;
    }
    run_last(nullptr);
    return status;
  }

  // With nothing parsed behind it.
  void run_last(typename Store::Reservation* received) noexcept {
    runner_.run(*last_, received);
    settle(*last_);
  }

  // The next batch, from the start of `in`.
  memcache::ParseStatus parse(std::string_view in) noexcept {
    last_ = last_ == &batches_.back() ? &batches_.front() : last_ + 1;
    const memcache::ParseStatus status = last_->parse(in, state_.parser);
    shared_.store.locate(last_->lookups());
    return status;
  }

  void run_one(const Request& request, const Flags& flags,
               typename Store::Reservation* received) noexcept {
    last_->assign(request, flags, rest_, state_.parser);
    shared_.store.prepare(last_->lookups());
    run_last(received);
  }

  [[nodiscard]] std::string_view behind(const Batch& batch) const noexcept {
    return rest_.substr(static_cast<size_t>(batch.end() - rest_.data()));
  }

  void settle(const Batch& batch) noexcept {
    const char* at = batch.settle(state_.parser);
    rest_.remove_prefix(static_cast<size_t>(at - rest_.data()));
  }

  // Behind a batch that was executed to its end.
  void go_on(memcache::ParseStatus status) noexcept {
    switch (status) {
      case memcache::ParseStatus::kRequest:
        break;
      case memcache::ParseStatus::kIncomplete:
        runner_.stop();
        break;
      case memcache::ParseStatus::kIncompleteValue:
        begin_value(last_->incomplete(), last_->incomplete_flags());
        break;
      case memcache::ParseStatus::kHangUp:
        runner_.tally().count(MemcacheCount::kHangUp);
        runner_.close();
        break;
    }
  }

  // A request whose value is not all there. One that fits the input waits there and is parsed
  // again.
  void begin_value(const Request& request, const Flags& flags) noexcept {
    const auto line = static_cast<size_t>(request.value - rest_.data());
    const size_t whole = line + request.value_size + Parser::kTerminator;
    const bool too_large = request.value_size > shared_.store.value_limit(request.key.size());
    if ((whole <= Chunk::kRoom && !too_large) || !out_.has_room()) {
      runner_.stop();
      return;
    }
    if (!too_large) {
      state_.incoming =
          IncomingValue<Store, Parser>::begin(request, flags, shared_.store, out_.pool());
    }
    if (state_.incoming == nullptr) {
      if (!too_large) runner_.give_up_next();
      return refuse_value(request, flags);
    }
    rest_.remove_prefix(line);
  }

  // A value that is too large, or that all attempts to find memory for were in vain: the executor
  // says so, and what comes of the value is swallowed.
  void refuse_value(Request request, const Flags& flags) noexcept {
    request.end = request.value;
    run_one(request, flags, nullptr);
    state_.swallow = request.value_size + Parser::kTerminator;
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
    if (!progress_.receive_into.empty() || rest_.size() < Parser::kTerminator) return false;
    store_incoming();
    return runner_.is_going();
  }

  // What a watcher still says means nothing.
  Progress watch() noexcept {
    progress_.consumed = rest_.size();
    progress_.again = (**state_.watcher).move_lines(out_) ? Again::kSoon : Again::kNextRound;
    return progress_;
  }

  // Brings a dump forward by a step, once in a turn. False: it is not over.
  bool settle_dump() noexcept {
    if (!state_.dump.is_on()) [[likely]]
      return true;
    const int64_t begin_ns = thread_cpu_ns();
    DumpStep(state_.dump, shared_.store, shared_.clock, out_).run();
    shared_.metrics.add_dump_step(static_cast<uint64_t>(thread_cpu_ns() - begin_ns));
    return !state_.dump.is_on();
  }

  void store_incoming() noexcept {
    Request request = state_.incoming->request();
    request.end = rest_.data() + Parser::kTerminator;
    if (!rest_.starts_with(std::string_view("\r\n", Parser::kTerminator))) {
      request.command = memcache::Command::kRefused;
      request.refusal = memcache::Reply::kBadDataChunk;
      request.value_size = 0;
    }
    run_one(request, state_.incoming->flags(), state_.incoming->reservation());
    if (last_->is_done()) state_.incoming.reset();
  }

  MemcacheShared<Store>& shared_;
  MemcacheBatches<Parser>& batches_;
  MemcacheState<Store, Parser>& state_;
  std::string_view rest_;  // of the input, not done yet
  Output& out_;
  MemcacheRunner<Store, Dialect> runner_;
  Progress progress_;
  Batch* last_ = &batches_.front();  // that was parsed
};

}  // namespace pelikan
