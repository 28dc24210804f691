// The seam between framework and service: bytes in, bytes out. The framework owns sockets, buffers
// and threads and knows no protocol; a service owns meaning and knows no socket. Called once per
// readable event, which may hold a hundred pipelined requests, so that the virtual call is paid
// once for all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "buffer/output.h"
#include "event/transport.h"

namespace pelikan {

// Bytes behind `in` that process() may read (not use): lets a parser load whole vectors.
inline constexpr size_t kReadSlack = 64;

// When process() wants to be called again although nothing has come and nothing has drained.
enum class Again : uint8_t {
  kNo,
  kNextRound,  // there is more to do than may be done at once: after the other connections; nothing
               // is received until then
  kSoon,       // something may come up from elsewhere: within a quarter of a second, and some tens
               // of times a second while the worker is busy; nothing is received while the input is
               // full
};

struct Progress {
  size_t consumed = 0;           // whole key operations; the rest comes again with more behind it
  std::span<char> receive_into;  // not empty: the coming bytes go here (a large value); process()
                                 // is called with an empty `in` when it is full
  bool midway = false;           // what was consumed ends inside a request: its rest must come
  bool close = false;            // close after the output was sent
  Again again = Again::kNo;
};

// One connection's protocol state; destroying it cancels what it has begun.
class Conversation {
 public:
  virtual ~Conversation() = default;
  // Executes requests in order until `in` or the output is used up. Called once per event, and
  // again when output has drained, when memory came back, or when it said so: `in` may then be what
  // it was, or empty. At
  // most once: a request is consumed in the same step that executes it, begun only if
  // out.has_room(). `in` is valid during the call; kReadSlack bytes behind it may be read.
  virtual Progress process(std::string_view in, Output& out) noexcept = 0;
  // A hint: process() will be called with these bytes soon, after those of other connections. The
  // place to start fetching what it will need; decides nothing.
  virtual void foresee(std::string_view) noexcept {}
  // The last call: the connection is closed.
  virtual void closed(CloseReason) noexcept {}
};

// What a worker runs. One per worker, used by its thread only; outlives its conversations.
class Processor {
 public:
  virtual ~Processor() = default;
  // `peer` is who has connected, as `stats conns` shows it ("tcp:127.0.0.1:53920"), `fd` what to
  // call the connection there; the text lives as long as the conversation.
  [[nodiscard]] virtual std::unique_ptr<Conversation> open(std::string_view peer, int fd) = 0;
  // What a connection above max_connections is told before it is closed. Called by the listener.
  [[nodiscard]] virtual std::string_view refusal() const noexcept = 0;
};

}  // namespace pelikan
