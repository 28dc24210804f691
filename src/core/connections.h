// Connections: who is connected, and where is listened, for `stats conns`. The listener enters a
// connection and its worker leaves a mark in it now and then, as it does for itself anyway; nothing
// here costs a request anything.
//
// Thread safety: open() and listen() on the listener's thread, or before it runs; a Connection's
// marks on its worker's; rows() and hang_up() on any.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "core/service.h"

namespace pelikan {

class Connections;

enum class ConnectionState : uint8_t {
  kClosed,         // the entry may be used for another connection
  kReading,        // waits for requests
  kWriting,        // has replies that the client has not taken
  kWaitingMemory,  // waits for connection memory
  kListening,      // waits for clients
};

// One entry. The texts are the listener's, under the table's mutex; the atomics are the worker's
// marks.
class Connection {
 public:
  // relaxed: a reader wants a recent value, nothing is ordered by it.
  void mark_active(int64_t now_ms) noexcept { active_ms_.store(now_ms, std::memory_order_relaxed); }
  void mark(ConnectionState state) noexcept { state_.store(state, std::memory_order_relaxed); }
  [[nodiscard]] int64_t active_ms() const noexcept {
    return active_ms_.load(std::memory_order_relaxed);
  }
  // As in `stats conns`. The worker's, until it says close(): only then is the text written again.
  [[nodiscard]] std::string_view peer() const noexcept { return peer_; }
  [[nodiscard]] int fd() const noexcept { return fd_; }
  // The worker's last word: the entry is the table's again.
  void close() noexcept;

 private:
  friend class Connections;
  std::atomic<int64_t> active_ms_{0};
  std::atomic<ConnectionState> state_{ConnectionState::kClosed};
  int fd_ = -1;
  std::string peer_;
  std::string local_;
  Connections* table_ = nullptr;
  Connection* next_free_ = nullptr;
};

class Connections final : public ConnectionTable {
 public:
  explicit Connections(const TimeSource& time) : time_(time) {}

  // Enters a connected socket.
  [[nodiscard]] Connection& open(int fd);
  // Enters a socket that listens; whoever stops that closes the entry.
  [[nodiscard]] Connection& listen(int fd);
  [[nodiscard]] std::vector<ConnectionRow> rows() const override;
  [[nodiscard]] std::optional<ConnectionRow> row(int fd) const override;
  void hang_up(int fd) const noexcept override;

 private:
  friend class Connection;

  // Of an entry in use. REQUIRES: mutex_ held
  [[nodiscard]] static std::optional<ConnectionRow> row_of(const Connection& entry, int64_t now_ms);
  Connection& enter(int fd, std::string peer, std::string local, ConnectionState state);

  const TimeSource& time_;
  mutable std::mutex mutex_;  // the listener's entries against rows(); workers never take it
  std::deque<Connection> entries_;
  Connection* free_ = nullptr;  // the listener's
  // Entries closed by workers, taken by the listener all at once: so no entry can return to the top
  // while somebody looks at it (ABA).
  std::atomic<Connection*> closed_{nullptr};
};

}  // namespace pelikan
