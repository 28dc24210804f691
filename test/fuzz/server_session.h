// A whole server in memory for server_fuzz: a worker's sessions over the services of both
// protocols and one small store, and clients that each speak one of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/connections.h"
#include "core/session_set.h"
#include "fuzz/planted_bug.h"
#include "protocol/memcache/parse_reply.h"
#include "protocol/resp/parse_reply.h"
#include "service/memcache.h"
#include "service/resp/seg_service.h"
#include "service/resp/world.h"
#include "storage/seg/maintenance.h"
#include "transport/memory_peer.h"

namespace pelikan::fuzz {

// A conversation, with room for planted bugs.
class SuspectConversation final : public Conversation {
 public:
  SuspectConversation(std::unique_ptr<Conversation> below, BufferPool& pool)
      : below_(std::move(below)), pool_(pool) {}

  Progress process(std::string_view in, Output& out) noexcept override {
    Progress progress = below_->process(in, out);
    if (is_planted("lost_again")) progress.again = Again::kNo;
    if (is_planted("lost_request") && out.size() > 40'000) progress.consumed = in.size();
    if (is_planted("cut_reply") && out.size() > 100'000) out.cut(out.size() - 1);
    return progress;
  }
  void foresee(std::string_view in) noexcept override { below_->foresee(in); }
  void closed(CloseReason reason) noexcept override {
    if (is_planted("kept_chunk") && reason == CloseReason::kConnectionLost)
      (void)pool_.borrow_for_input();
    below_->closed(reason);
  }

 private:
  std::unique_ptr<Conversation> below_;
  BufferPool& pool_;
};

// The far end of a connection, and what it knows of the replies it must get.
class Client {
 public:
  enum class Protocol : uint8_t { kMemcache, kResp };

  Client(Protocol protocol, MemoryPeer::Shape shape) : protocol_(protocol), peer_(shape) {}

  [[nodiscard]] Protocol protocol() const { return protocol_; }
  [[nodiscard]] MemoryPeer& peer() { return peer_; }

  [[nodiscard]] bool babbles() const { return babbles_; }

  // It has said so much that a run would take too long if it went on.
  [[nodiscard]] bool is_tired() const { return said_ > 400'000; }

  // A request that has exactly one reply.
  void ask(std::string_view request) {
    peer_.send(request);
    said_ += request.size();
    asked_ += 1;
  }
  // Whatever that means: nothing is known of the replies from now on.
  void babble(std::string_view bytes) {
    peer_.send(bytes);
    babbles_ = true;
  }
  // Takes what was sent to it; every reply is one.
  void read() {
    replies_ += peer_.read();
    // What memcached's text and binary replies to anything are, memcache_parser_fuzz looks after.
    if (babbles_ && protocol_ == Protocol::kMemcache) return replies_.clear();
    size_t done = 0;
    while (const size_t size = reply_size(std::string_view(replies_).substr(done))) done += size;
    replies_.erase(0, done);
    CHECK(babbles_ || answered_ <= asked_);
  }
  // With everything read and nothing more to come.
  void check_answered() const {
    if (babbles_ || peer_.is_closed()) return;
    CHECK(replies_.empty() && answered_ == asked_);
  }

 private:
  // Of the reply at the start, or of a part that is no reply for itself; 0: nothing is whole there.
  size_t reply_size(std::string_view in) {
    if (protocol_ == Protocol::kMemcache) return memcache_size(in);
    size_t taken = 0;
    const resp::ReplyStatus status = end_.find(in, taken);
    CHECK(status != resp::ReplyStatus::kMalformed);
    if (status == resp::ReplyStatus::kWhole) ++answered_;
    return taken;
  }
  size_t memcache_size(std::string_view in) {
    using memcache::ReplyKind;
    memcache::ParsedReply reply;
    if (!memcache::parse_reply(in, reply)) return 0;
    if (reply.kind == ReplyKind::kError) {  // what clients know no other name for, too
      const bool is_refusal = reply.text.find("ERROR") != reply.text.npos;
      CHECK((is_refusal || reply.text.starts_with("MEMLIMIT_")) && reply.text.size() < 100);
    }
    if (reply.kind != ReplyKind::kValue && reply.kind != ReplyKind::kStat) ++answered_;
    return reply.size;
  }

  const Protocol protocol_;
  MemoryPeer peer_;
  std::string replies_;  // not whole yet
  resp::ReplyEnd end_;
  size_t said_ = 0;
  uint64_t asked_ = 0;
  uint64_t answered_ = 0;
  bool babbles_ = false;
};

class Server {
 public:
  static constexpr size_t kClients = 4;

  // With so many chunks of connection memory; its clients speak one protocol each, in turn.
  Server(size_t chunks, MemoryPeer::Shape shape)
      : shape_(shape), pool_(chunks * Chunk::kSize, world_.buffer_metrics) {
    for (size_t i = 0; i < kClients; ++i) places_[i] = &connect(protocol_of(i));
  }
  // Everything is given back, whatever has happened.
  ~Server() {
    set_.close_all(CloseReason::kShutdown);
    settle();
    CHECK(set_.is_empty() && pool_.available() == pool_.limit());
    CHECK(connections_.rows().empty());
    CHECK(world_.registry.read().value("worker_curr_connections") == 0);
    store_.check_invariants();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] Client& client(size_t place) { return *places_[place]; }
  // Another client takes the place of one that has gone, or has sent all it wants to.
  void replace(size_t place) {
    places_[place]->peer().finish();
    places_[place] = &connect(protocol_of(place));
  }

  // A round of the worker.
  bool run_round() {
    clock_.refresh();
    bool moved = false;
    for (Client& client : clients_) moved |= client.peer().run_once();
    return set_.end_round() || moved;
  }
  // Rounds until nothing is due; twice, for the line is called up after the peers had their turn.
  void settle() {
    for (int quiet = 0; quiet < 2; ++quiet) {
      if (run_round()) quiet = 0;
    }
  }
  void advance_ms(int64_t ms) {
    world_.time.advance_ms(ms);
    clock_.refresh();
    set_.sweep();
    maintenance_.run_once();
    memcache_.tick();
    resp_->tick();
  }
  // The clients take everything: then every request has had its reply. But for those that may have
  // stopped half-way and hold memory: they go.
  void check_answered() {
    for (Client& client : clients_) {
      if (client.babbles()) client.peer().reset();
      client.peer().set_window(SIZE_MAX);
      client.peer().set_portion(SIZE_MAX);
    }
    for (bool moved = true; moved;) {
      settle();
      for (Client& client : clients_) client.read();
      moved = run_round();
    }
    for (const Client& client : clients_) client.check_answered();
  }

 private:
  struct World : test::RespWorld {
    World() : RespWorld(test::OptionTexts{{"debug_log_file", "/dev/null"}}) {
      store_options.memory.set({768 * kKiB});
      store_options.segment_size.set({8 * kKiB});
      store_options.item_max.set({32 * kKiB});
      store_options.item_mean.set({64});
    }
    MemcacheOptions memcache_options;
  };
  static constexpr size_t kStoreThreads = 3;  // two processors and maintenance

  static Client::Protocol protocol_of(size_t place) {
    return place % 2 == 0 ? Client::Protocol::kMemcache : Client::Protocol::kResp;
  }

  Client& connect(Client::Protocol protocol) {
    Client& client = clients_.emplace_back(protocol, shape_);
    Processor& processor =
        protocol == Client::Protocol::kMemcache ? *memcache_processor_ : *resp_processor_;
    Session& session = set_.open(
        std::make_unique<SuspectConversation>(processor.open("tcp:127.0.0.1:5000", 7), pool_),
        connections_.open(-1));
    session.start(client.peer().attach(session));
    return client;
  }

  const MemoryPeer::Shape shape_;
  World world_;
  Clock clock_{world_.time};
  BufferPool pool_;
  WorkerMetrics metrics_{world_.registry};
  Klog klog_{world_.klog_options, world_.registry, world_.time, world_.log};
  SegStore store_{world_.store_options, kStoreThreads, world_.time, world_.registry};
  Maintenance maintenance_{store_, world_.time};
  MemcacheService<SegStore> memcache_{world_.memcache_options, world_.context, store_, klog_};
  std::unique_ptr<Service> resp_ =
      make_resp_service(world_.resp_options, world_.context, store_, klog_);
  std::unique_ptr<Processor> memcache_processor_ = memcache_.processor(clock_);
  std::unique_ptr<Processor> resp_processor_ = resp_->processor(clock_);
  Connections connections_{world_.time};
  SessionSet set_{pool_, clock_, metrics_, {.idle_ms = 60'000}};
  std::deque<Client> clients_;  // all there were
  std::array<Client*, kClients> places_{};
};

}  // namespace pelikan::fuzz
