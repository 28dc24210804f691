// MemcacheService serves memcached's protocols, text and binary, over any store that can do what
// memcached's commands ask.
//
// Read next: memcache_turn.h (input to batches), memcache_runner.h (batches to replies),
// memcache_executor.h (what each command means), protocol/memcache/parse.h and compose.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/service.h"
#include "log/klog.h"
#include "protocol/memcache/reply.h"
#include "service/memcache_control.h"
#include "service/memcache_gate.h"
#include "service/memcache_metrics.h"
#include "service/memcache_stats.h"
#include "service/memcache_turn.h"

namespace pelikan {

// One connection's.
template <MemcacheBackend Store>
class MemcacheConversation final : public Conversation {
 public:
  // REQUIRES: shared and the peer's text outlive the conversation
  MemcacheConversation(MemcacheShared<Store>& shared, std::string_view peer, int fd = -1)
      : shared_(shared), text_{.peer = peer, .fd = fd}, binary_{.peer = peer, .fd = fd} {
    const MemcacheAuth& auth = shared.control.auth();
    if (auth.is_required()) {
      gate_ = std::make_unique<MemcacheGate>(auth, shared.clock, shared.metrics);
      mode_ = Mode::kGate;
    }
    if (shared.watch != nullptr) watch_opened(*shared.watch, {peer, fd});
  }

  Progress process(std::string_view in, Output& out) noexcept override {
    if (mode_ == Mode::kText) [[likely]]
      return serve<TextDialect<Store>>(text_, in, out);
    if (mode_ == Mode::kGate) return process_at_gate(in, out);
    if (mode_ == Mode::kUndecided) choose_mode(in);
    if (mode_ == Mode::kText) return serve<TextDialect<Store>>(text_, in, out);
    return serve<BinaryDialect<Store>>(binary_, in, out);
  }

  void closed(CloseReason reason) noexcept override {
    if (shared_.watch != nullptr) watch_closed(*shared_.watch, {text_.peer, text_.fd}, reason);
  }

  void foresee(std::string_view in) noexcept override {
    const bool is_binary = mode_ == Mode::kBinary;
    shared_.store.foresee(is_binary ? memcache::first_binary_key(in) : memcache::second_word(in));
  }

 private:
  // What is spoken. The first byte decides, unless the client has to say who it is: that can be
  // said in text only.
  enum class Mode : uint8_t { kText, kBinary, kUndecided, kGate };

  void choose_mode(std::string_view in) noexcept {
    const bool is_binary = in.starts_with(memcache::kBinaryRequest);
    mode_ = is_binary && shared_.control.speaks_binary() ? Mode::kBinary : Mode::kText;
  }

  template <class Dialect, class State>
  Progress serve(State& state, std::string_view in, Output& out) noexcept {
    const int64_t begin_ns = shared_.clock.precise_ns();
    MemcacheTurn<Store, Dialect> turn(shared_, state, in, out);
    const Progress progress = turn.run();
    const int64_t elapsed_ns = shared_.clock.precise_ns() - begin_ns;
    shared_.metrics.add_up(turn.tally(), static_cast<uint64_t>(elapsed_ns));
    return progress;
  }

  Progress process_at_gate(std::string_view in, Output& out) noexcept {
    const Progress opening = gate_->process(in, out);
    if (!gate_->is_open()) return opening;
    gate_.reset();
    mode_ = Mode::kText;
    Progress progress = process(in.substr(opening.consumed), out);
    progress.consumed += opening.consumed;
    return progress;
  }

  MemcacheShared<Store>& shared_;
  MemcacheState<Store, memcache::RequestParser> text_;
  MemcacheState<Store, memcache::BinaryParser> binary_;
  std::unique_ptr<MemcacheGate> gate_;  // until the client has said who it is, if it must
  Mode mode_ = Mode::kUndecided;
};

// One worker's, with its door to the store.
template <MemcacheBackend Store>
class MemcacheProcessor final : public Processor {
 public:
  // `open_store()` makes the Store. REQUIRES: all references outlive the processor
  template <class OpenStore>
  MemcacheProcessor(OpenStore&& open_store, const Clock& clock, const MemcacheControl& control,
                    KlogWriter& klog, MetricRegistry& registry)
      : store_(open_store()),
        metrics_(registry),
        shared_{store_, clock, control, metrics_, klog, {}, {}, &control.watch().writer()} {}

  [[nodiscard]] std::unique_ptr<Conversation> open(std::string_view peer, int fd) override {
    return std::make_unique<MemcacheConversation<Store>>(shared_, peer, fd);
  }
  [[nodiscard]] std::string_view refusal() const noexcept override {
    return reply_line(memcache::Reply::kTooManyConnections);
  }

 private:
  Store store_;
  MemcacheMetrics metrics_;
  MemcacheShared<Store> shared_;
};

// The server's: a processor for every worker, over one shared store.
template <class SharedStore>
  requires MemcacheBackend<typename SharedStore::Access>
class MemcacheService : public Service {
 public:
  // No other thread uses the store yet. REQUIRES: all references outlive the service
  MemcacheService(const MemcacheOptions& options, const ServerContext& context, SharedStore& store,
                  Klog& klog)
      : context_(context), store_(store), klog_(klog), control_(options, context, *this) {
    if constexpr (requires { store.observe_evictions(evictions_); }) {
      evictions_.open(store.observe_evictions(evictions_));
    }
  }

  [[nodiscard]] std::unique_ptr<Processor> processor(const Clock& clock) override {
    return std::make_unique<MemcacheProcessor<typename SharedStore::Access>>(
        [&] { return store_.access(clock); }, clock, control_, klog_.writer(clock),
        context_.metrics);
  }
  [[nodiscard]] std::optional<std::string> stats(std::string_view words) override {
    return memcache_stats(words, context_, control_.prefixes());
  }
  void tick() noexcept override { control_.watch().tick(); }
  void reload() noexcept override { control_.reload(); }

 private:
  const ServerContext& context_;
  SharedStore& store_;
  Klog& klog_;
  MemcacheControl control_;
  WatchedEvictions evictions_{control_.watch()};
};

}  // namespace pelikan
