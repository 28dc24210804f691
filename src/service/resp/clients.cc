#include "service/resp/clients.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace pelikan {
namespace {

// Entries copied before others may have the mutex again.
constexpr size_t kRowsAtOnce = 64;

// "tcp:127.0.0.1:53920" as Redis has it, without its kind; a unix socket has port 0.
std::string address_of(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::string(text);
  const bool is_unix = text.starts_with("unix");
  return std::string(text.substr(colon + 1)) + (is_unix ? ":0" : "");
}

std::string flags_of(const RespClientRow& row) {
  std::string flags = row.no_evict ? "e" : "";
  if (row.no_touch) flags += 'T';
  return flags.empty() ? "N" : flags;
}

// Adds what the framework knows of the same connection.
void complete(RespClientRow& row, const ConnectionRow& connection) {
  if (address_of(connection.peer) != row.address) return;
  row.local = address_of(connection.local);
  row.idle_ms = connection.idle_ms;
}

}  // namespace

RespClientEntry::RespClientEntry(RespClients& clients, std::string_view peer, int fd,
                                 int64_t now_ms)
    : clients_(clients), peer_(peer), fd_(fd), since_ms_(now_ms), id_(clients.enter(*this)) {}

RespClientEntry::~RespClientEntry() { clients_.leave(id_); }

void RespClientEntry::set_text(RespClientText what, std::string_view value) {
  std::string text(value);
  const std::lock_guard lock(clients_.mutex_);
  texts_[static_cast<size_t>(what)].swap(text);
}

uint64_t RespClients::enter(const RespClientEntry& entry) {
  const std::lock_guard lock(mutex_);
  entries_.emplace_hint(entries_.end(), last_id_ + 1, &entry);
  return ++last_id_;
}

void RespClients::leave(uint64_t id) noexcept {
  const std::lock_guard lock(mutex_);
  entries_.erase(id);
}

RespClientRow RespClients::row_of(const Entries::value_type& place) const {
  const RespClientEntry& entry = *place.second;
  RespClientRow row;
  row.id = place.first;
  row.address = address_of(entry.peer_);
  row.fd = entry.fd_;
  row.age_ms = std::max<int64_t>(0, time_.boot_ms() - entry.since_ms_);
  row.last = entry.last_.load(std::memory_order_relaxed);
  row.version = entry.version_.load(std::memory_order_relaxed);
  row.no_evict = entry.no_evict_.load(std::memory_order_relaxed);
  row.no_touch = entry.no_touch_.load(std::memory_order_relaxed);
  row.texts = entry.texts_;
  return row;
}

std::vector<RespClientRow> RespClients::rows() const {
  std::vector<RespClientRow> rows;
  for (uint64_t next = 0;;) {
    const std::lock_guard lock(mutex_);
    auto entry = entries_.lower_bound(next);
    if (entry == entries_.end()) break;
    for (size_t i = 0; i < kRowsAtOnce && entry != entries_.end(); ++i, ++entry) {
      rows.push_back(row_of(*entry));
      next = entry->first + 1;
    }
  }
  std::unordered_map<int, ConnectionRow> connections;
  for (ConnectionRow& row : connections_.rows()) connections[row.fd] = std::move(row);
  for (RespClientRow& row : rows) {
    const auto found = connections.find(row.fd);
    if (found != connections.end()) complete(row, found->second);
  }
  return rows;
}

std::optional<RespClientRow> RespClients::row(uint64_t id) const {
  RespClientRow row;
  {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(id);
    if (entry == entries_.end()) return std::nullopt;
    row = row_of(*entry);
  }
  if (const auto connection = connections_.row(row.fd)) complete(row, *connection);
  return row;
}

bool RespClients::hang_up(uint64_t id) const noexcept {
  // Under the mutex: an entry leaves before its connection is closed.
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(id);
  if (entry == entries_.end()) return false;
  connections_.hang_up(entry->second->fd_);
  return true;
}

std::string RespClientRow::line() const {
  const auto text = [this](RespClientText what) -> const std::string& {
    return texts[static_cast<size_t>(what)];
  };
  // Buffers are the worker's and lent to whoever moves: none is a client's own. Client libraries
  // insist on their fields all the same.
  constexpr std::string_view kBuffers =
      "qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0";
  return fmt::format(
      "id={} addr={} laddr={} fd={} name={} age={} idle={} flags={} db=0 sub=0 psub=0 ssub=0 "
      "multi=-1 {} events=r cmd={} user=default redir=-1 resp={} lib-name={} lib-ver={}",
      id, address, local, fd, text(RespClientText::kName), age_ms / 1000, idle_ms / 1000,
      flags_of(*this), kBuffers, resp::spec_of(last).fullname, static_cast<int>(version),
      text(RespClientText::kLibrary), text(RespClientText::kLibraryVersion));
}

}  // namespace pelikan
