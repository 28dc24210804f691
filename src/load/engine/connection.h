// Connection: one connection of the generator: its window of requests in flight, what it sends, and
// what it reads. Which protocol it speaks is its derived class's affair (wire_connection.h).
//
// Life: opened, lost (by the peer or by retire()), reopened by its thread. A connection that is
// being connected counts as open: what it sends waits in the transport.
//
// Thread safety: its thread only.
// Invariants: (1) in flight, in keys, is pending_.size(); (2) nothing is composed while an earlier
// send is not taken by the transport.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/intrusive_list.h"
#include "event/transport.h"
#include "load/engine/buffers.h"
#include "load/engine/greeting.h"
#include "load/engine/pending.h"
#include "load/engine/source.h"

namespace pelikan::load {

class Connection;
class Recorder;
struct WaitingForWork;  // a list of connections with room

// What a connection shares with the others of its thread.
struct Traffic {
  Source& source;
  Recorder* recorder;          // of this part of the run
  Recorder* earlier_recorder;  // of the warm-up: requests count where they were sent
  bool measured = true;        // which of the two is current
  std::span<char> scratch;     // to receive into
  const Greeting& greeting;
  int64_t request_timeout_ns = 0;

  [[nodiscard]] Recorder& recorder_of(const Pending& pending) noexcept {
    return pending.measured ? *recorder : *earlier_recorder;
  }
};

// The thread, as its connections see it.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  // Reads the clock; called once for each batch of answers.
  virtual int64_t read_clock() noexcept = 0;
  // Answers came, all there were; or a short send went through.
  virtual void progressed(Connection& connection) noexcept = 0;
  virtual void follow_up(const FollowUp& what) noexcept = 0;
  // The connection is gone, and its requests counted. It may be reopened, but not from here.
  virtual void lost(Connection& connection, CloseReason reason) noexcept = 0;
};

class Connection : public TransportOwner, public ListHook<WaitingForWork> {
 public:
  // `window`: keys in flight at most
  Connection(Traffic& traffic, ConnectionOwner& owner, size_t server, size_t window);
  ~Connection() override = default;

  // By a transport whose owner it is.
  void open(std::unique_ptr<Transport> transport);
  [[nodiscard]] bool is_open() const noexcept { return is_open_; }
  [[nodiscard]] size_t server() const noexcept { return server_; }
  // REQUIRES: it was opened
  [[nodiscard]] const Transport& transport() const noexcept { return *transport_; }
  // Something was answered since it was opened.
  [[nodiscard]] bool is_proven() const noexcept { return answered_ > 0; }

  // Composes; flush() sends. REQUIRES: has_room()
  void add(const WireRequest& request, int64_t planned_ns, int64_t now_ns);
  void flush() noexcept;

  [[nodiscard]] size_t in_flight() const noexcept { return requests_in_flight_; }
  [[nodiscard]] bool is_idle() const noexcept { return pending_.is_empty() && !is_sending_; }
  // May take another request: of the window's, `limit` are used at most.
  [[nodiscard]] bool has_room(size_t limit) const noexcept {
    return is_open_ && !is_sending_ && !is_retiring_ && requests_in_flight_ < limit;
  }

  // Takes no more requests, and closes when the last one is answered.
  void retire() noexcept;
  [[nodiscard]] bool is_retiring() const noexcept { return is_retiring_; }
  void close(CloseReason reason) noexcept;
  // Requests sent since it was opened.
  [[nodiscard]] uint64_t sent() const noexcept { return sent_; }
  // When the oldest request in flight was sent; 0 when there is none.
  [[nodiscard]] int64_t oldest_ns() noexcept {
    return pending_.is_empty() ? 0 : pending_.front().sent_ns;
  }
  // What is not answered is a timeout, as long as it has lasted. To be followed by close().
  void give_up(int64_t now_ns) noexcept;

  std::span<char> inbox() noexcept override { return received_.room(traffic_.scratch); }
  void received(size_t n) noexcept override;
  void sendable(size_t released) noexcept override;
  void closed(CloseReason reason) noexcept override;

 protected:
  // Writes the request into the send buffer.
  virtual void compose(const WireRequest& request, SendBuffer& buffer) noexcept = 0;
  // Other bytes than those of before are to come.
  virtual void forget_answers() noexcept = 0;
  // Reads whole answers as long as requests wait for them; returns the bytes they took. Sets
  // is_broken_ when the stream makes no sense.
  [[nodiscard]] virtual size_t take_answers(std::string_view in, int64_t now_ns) noexcept = 0;

  [[nodiscard]] bool is_greeted() const noexcept { return greetings_left_ == 0; }
  [[nodiscard]] Verb greeting_verb() const noexcept { return traffic_.greeting.verb; }
  // The last of an answer to the greeting.
  void take_greeting(const Answer& answer) noexcept;
  // What an answer says about the oldest request.
  void take_value(const Answer& answer, int64_t now_ns) noexcept;
  void take_last(const Answer& answer, int64_t now_ns) noexcept;

  PendingRing pending_;
  bool is_broken_ = false;

 private:
  [[nodiscard]] Pending* key_of(const Answer& answer) noexcept;
  [[nodiscard]] Pending* key_at(size_t position) noexcept;
  [[nodiscard]] size_t keys_of_first() noexcept;
  void take_misses(int64_t now_ns) noexcept;
  void take_miss(const Pending& pending, int64_t now_ns) noexcept;
  void drop_request() noexcept;

  Traffic& traffic_;
  ConnectionOwner& owner_;
  const size_t server_;
  std::unique_ptr<Transport> transport_;  // that of the last open()
  bool is_open_ = false;
  SendBuffer unsent_;
  ReceiveBuffer received_;
  uint32_t greetings_left_ = 0;  // answers to the greeting
  size_t requests_in_flight_ = 0;
  uint64_t sent_ = 0;
  uint64_t answered_ = 0;
  bool is_sending_ = false;  // a send is short
  bool is_retiring_ = false;
};

}  // namespace pelikan::load
