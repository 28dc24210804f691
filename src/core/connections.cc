#include "core/connections.h"

#include <sys/socket.h>

#include <algorithm>

#include "transport/address.h"

namespace pelikan {
namespace {

// Entries copied before the listener may have the mutex again.
constexpr size_t kRowsAtOnce = 64;

std::string_view text_of(ConnectionState state) noexcept {
  switch (state) {
    case ConnectionState::kClosed:
      return "closed";
    case ConnectionState::kReading:
      return "reading";
    case ConnectionState::kWriting:
      return "writing";
    case ConnectionState::kWaitingMemory:
      return "waiting";
    case ConnectionState::kListening:
      return "listening";
  }
  return "";
}

}  // namespace

void Connection::close() noexcept {
  // Under the mutex the texts stay until open() gives the entry to another connection.
  state_.store(ConnectionState::kClosed, std::memory_order_relaxed);
  Connection* top = table_->closed_.load(std::memory_order_relaxed);
  do {
    next_free_ = top;
    // release: meets open()'s acquire, which reads next_free_.
  } while (!table_->closed_.compare_exchange_weak(top, this, std::memory_order_release,
                                                  std::memory_order_relaxed));
}

Connection& Connections::open(int fd) {
  return enter(fd, Address::peer(fd).text_with_kind(), Address::local(fd).text_with_kind(),
               ConnectionState::kReading);
}

Connection& Connections::listen(int fd) {
  return enter(fd, Address::local(fd).text_with_kind(), {}, ConnectionState::kListening);
}

Connection& Connections::enter(int fd, std::string peer, std::string local, ConnectionState state) {
  if (free_ == nullptr) free_ = closed_.exchange(nullptr, std::memory_order_acquire);
  const std::lock_guard lock(mutex_);
  Connection* entry = free_;
  if (entry == nullptr) {
    entry = &entries_.emplace_back();
    entry->table_ = this;
  } else {
    free_ = entry->next_free_;
  }
  entry->fd_ = fd;
  entry->peer_ = std::move(peer);
  entry->local_ = std::move(local);
  entry->mark_active(time_.boot_ms());
  entry->mark(state);
  return *entry;
}

std::vector<ConnectionRow> Connections::rows() const {
  std::vector<ConnectionRow> rows;
  const int64_t now_ms = time_.boot_ms();
  for (size_t next = 0;;) {
    const std::lock_guard lock(mutex_);
    const size_t end = std::min(entries_.size(), next + kRowsAtOnce);
    if (next == end) return rows;
    for (; next < end; ++next) {
      if (auto row = row_of(entries_[next], now_ms)) rows.push_back(*std::move(row));
    }
  }
}

std::optional<ConnectionRow> Connections::row(int fd) const {
  const int64_t now_ms = time_.boot_ms();
  const std::lock_guard lock(mutex_);
  for (const Connection& entry : entries_) {
    if (entry.fd_ != fd) continue;
    if (auto row = row_of(entry, now_ms)) return row;  // else another's that had the number before
  }
  return std::nullopt;
}

std::optional<ConnectionRow> Connections::row_of(const Connection& entry, int64_t now_ms) {
  const ConnectionState state = entry.state_.load(std::memory_order_relaxed);
  if (state == ConnectionState::kClosed) return std::nullopt;
  return ConnectionRow{.fd = entry.fd_,
                       .peer = entry.peer_,
                       .local = entry.local_,
                       .state = text_of(state),
                       .idle_ms = std::max<int64_t>(0, now_ms - entry.active_ms())};
}

// A socket is destroyed after its conversation, so the number still means this one; and the end of
// its stream is an event like others, for which its worker waits.
void Connections::hang_up(int fd) const noexcept { ::shutdown(fd, SHUT_RDWR); }

}  // namespace pelikan
