// RespService serves the Redis protocol over any store that can do what its commands ask.
//
// Read next: turn.h (input to batches), runner.h (batches to replies), call.h (what a command finds
// when it runs), handlers.h (which function that is), protocol/resp/command.h (the table of
// commands).
#pragma once

#include <memory>
#include <string_view>

#include "core/service.h"
#include "log/klog.h"
#include "protocol/resp/foresee.h"
#include "service/resp/tally.h"
#include "service/resp/turn.h"

namespace pelikan {

// One connection's.
template <RespBackend Store>
class RespConversation final : public Conversation {
 public:
  // REQUIRES: worker, store and the peer's text outlive the conversation
  RespConversation(RespWorker& worker, Store& store, std::string_view peer, int fd = -1)
      : worker_(worker),
        store_(store),
        entry_(worker.control.clients(), peer, fd, worker.clock.now_ms()),
        client_{.entry = entry_, .peer = peer} {
    client_.is_authenticated = !worker.control.needs_password();
  }

  Progress process(std::string_view in, Output& out) noexcept override {
    const int64_t begin_ns = worker_.clock.precise_ns();
    RespTurn<Store> turn(worker_, client_, store_, in, out);
    const Progress progress = turn.run();
    const int64_t elapsed_ns = worker_.clock.precise_ns() - begin_ns;
    record(turn.tally(), static_cast<uint64_t>(elapsed_ns));
    if (const resp::CommandSpec* last = turn.last()) entry_.mark(last->id, client_.version);
    return progress;
  }

  void foresee(std::string_view in) noexcept override { store_.foresee(resp::likely_key(in)); }

 private:
  void record(const RespTally& tally, uint64_t elapsed_ns) noexcept {
    RespMetrics& metrics = worker_.metrics;
    if (tally.read != 0) metrics.read.record(elapsed_ns, tally.read);
    if (tally.write != 0) metrics.write.record(elapsed_ns, tally.write);
    if (tally.other != 0) metrics.other.record(elapsed_ns, tally.other);
  }

  RespWorker& worker_;
  Store& store_;
  RespClientEntry entry_;
  RespClient client_;
};

// One worker's, with its door to the store.
template <RespBackend Store>
class RespProcessor final : public Processor {
 public:
  // `open_store()` makes the Store. REQUIRES: all references outlive the processor
  template <class OpenStore>
  RespProcessor(OpenStore&& open_store, const Clock& clock, RespControl& control, KlogWriter& klog,
                MetricRegistry& registry)
      : store_(open_store()),
        metrics_(registry),
        worker_{clock, control, metrics_, klog, [this] { return store_.size(); }} {}

  [[nodiscard]] std::unique_ptr<Conversation> open(std::string_view peer, int fd) override {
    return std::make_unique<RespConversation<Store>>(worker_, store_, peer, fd);
  }
  [[nodiscard]] std::string_view refusal() const noexcept override {
    return "-ERR max number of clients reached\r\n";
  }

 private:
  Store store_;
  RespMetrics metrics_;
  RespWorker worker_;
};

// The server's: a processor for every worker, over one shared store.
template <class SharedStore>
  requires RespBackend<typename SharedStore::Access>
class RespService : public Service {
 public:
  // No other thread uses the store yet. REQUIRES: all references outlive the service
  RespService(const RespOptions& options, const ServerContext& context, SharedStore& store,
              Klog& klog)
      : context_(context), store_(store), klog_(klog), control_(options, context) {}

  [[nodiscard]] std::unique_ptr<Processor> processor(const Clock& clock) override {
    return std::make_unique<RespProcessor<typename SharedStore::Access>>(
        [&] { return store_.access(clock); }, clock, control_, klog_.writer(clock),
        context_.metrics);
  }
  void tick() noexcept override { control_.tick(); }

 private:
  const ServerContext& context_;
  SharedStore& store_;
  Klog& klog_;
  RespControl control_;
};

}  // namespace pelikan
