#include "service/memcache_watch_events.h"

#include <algorithm>

#include "protocol/memcache/compose.h"
#include "service/memcache_expiry.h"
#include "service/text_writer.h"

namespace pelikan {
namespace {

using memcache::Command;

constexpr std::string_view kClassText = "1";  // all items are of one

// An event being written.
class Event {
 public:
  TextWriter& line() noexcept { return line_; }
  void leave(WatchWriter& writer, WatchKind kind) noexcept {
    writer.write(kind, {text_, static_cast<size_t>(line_.end() - text_)});
  }

 private:
  char text_[WatchWriter::kMaxEvent];
  TextWriter line_{text_};
};

void put_fd(TextWriter& line, int fd) noexcept { line.text(" cfd=").at_least_0(fd); }

void watch_get(WatchWriter& writer, const WatchedPeer& peer, std::string_view key, bool found,
               size_t value_bytes) noexcept {
  Event event;
  event.line().text("type=item_get key=").uri(key);
  event.line().text(found ? " status=found clsid=" : " status=not_found clsid=");
  event.line().text(found ? kClassText : "0");
  put_fd(event.line(), peer.fd);
  event.line().text(" size=").number(found ? value_bytes : 0);
  event.leave(writer, WatchKind::kFetchers);
}

std::string_view store_status(const MemcacheTally& before, const MemcacheTally& after) noexcept {
  using enum MemcacheCount;
  const auto counted = [&](MemcacheCount what) { return before[what] != after[what]; };
  if (counted(kTooLarge)) return "too_large";
  if (counted(kNoMemory)) return "no_memory";
  if (counted(kNotStored)) return "not_stored";
  if (counted(kCasBadval)) return "exists";
  return counted(kCasMiss) ? "not_found" : "stored";
}

// memcached tells of ms by the name of what it does.
std::string_view word_of(Command command) noexcept {
  return command == Command::kMetaSet ? "set" : memcache::command_word(command);
}

// Seconds; 0: for ever, or none.
int64_t ttl_of(int64_t exptime, int64_t unix_s) noexcept {
  return exptime > kMaxRelativeExptime ? exptime - unix_s : exptime;
}

void watch_store(WatchWriter& writer, const WatchedPeer& peer, const memcache::Request& request,
                 std::string_view status, int64_t unix_s) noexcept {
  Event event;
  event.line().text("type=item_store key=").uri(request.key).text(" status=").text(status);
  event.line().text(" cmd=").text(word_of(request.command)).text(" ttl=");
  event.line().at_least_0(ttl_of(request.exptime, unix_s)).text(" clsid=").text(kClassText);
  put_fd(event.line(), peer.fd);
  event.line().text(" size=").number(request.value_size);
  event.leave(writer, WatchKind::kMutations);
}

void watch_delete(WatchWriter& writer, const WatchedPeer& peer, const memcache::Request& request,
                  size_t value_bytes) noexcept {
  Event event;
  event.line().text("type=deleted key=").uri(request.key).text(" cmd=");
  event.line().text(word_of(request.command)).text(" clsid=").text(kClassText);
  put_fd(event.line(), peer.fd);
  event.line().text(" size=").number(value_bytes);
  event.leave(writer, WatchKind::kDeletions);
}

// " rip=127.0.0.1 rport=53920 transport=tcp"
void put_peer(TextWriter& line, std::string_view text) noexcept {
  constexpr std::string_view kTcp = "tcp:";
  constexpr size_t kMostPath = 128;  // longer than any of a unix socket
  if (!text.starts_with(kTcp)) {
    text.remove_prefix(std::min(text.size(), text.find(':') + 1));
    line.text(" rip=").uri(text.substr(0, kMostPath)).text(" rport=0 transport=local");
    return;
  }
  text.remove_prefix(kTcp.size());
  const size_t colon = std::min(text.rfind(':'), text.size());
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  line.text(" rip=").text(host.substr(0, kMostPath)).text(" rport=");
  line.text(text.substr(std::min(colon + 1, text.size()))).text(" transport=tcp");
}

std::string_view word_of(CloseReason reason) noexcept {
  switch (reason) {
    case CloseReason::kPeerClosed:
    case CloseReason::kRequested:
      return "normal";
    case CloseReason::kIdle:
      return "idle_timeout";
    case CloseReason::kShutdown:
      return "shutdown";
    case CloseReason::kConnectionLost:
    case CloseReason::kProtocol:
    case CloseReason::kRequestStalled:
    case CloseReason::kWriteStalled:
    case CloseReason::kNoMemory:
      break;
  }
  return "error";
}

}  // namespace

void watch_operation(WatchWriter& writer, const WatchedPeer& peer, const memcache::Request& request,
                     const MemcacheTally& before, const MemcacheTally& after, size_t size_before,
                     int64_t unix_s) noexcept {
  using enum MemcacheCount;
  const auto counted = [&](MemcacheCount what) { return before[what] != after[what]; };
  if (memcache::is_storage(request.command) || request.command == Command::kMetaSet) {
    if (!writer.is_on(WatchKind::kMutations)) return;
    return watch_store(writer, peer, request, store_status(before, after), unix_s);
  }
  if (request.command == Command::kDelete || request.command == Command::kMetaDelete) {
    if (!counted(kDeleteHit) || !writer.is_on(WatchKind::kDeletions)) return;
    return watch_delete(writer, peer, request, size_before);
  }
  if (request.command == Command::kMetaDebug || !writer.is_on(WatchKind::kFetchers)) return;
  const bool found = counted(kGetHit) || counted(kTouchHit) || counted(kIncrHit) ||
                     counted(kDecrHit) || counted(kNotNumber);
  watch_get(writer, peer, request.key, found, size_before);
}

void watch_opened(WatchWriter& writer, const WatchedPeer& peer) noexcept {
  if (!writer.is_on(WatchKind::kConnevents)) [[likely]]
    return;
  Event event;
  event.line().text("type=conn_new");
  put_peer(event.line(), peer.text);
  put_fd(event.line(), peer.fd);
  event.leave(writer, WatchKind::kConnevents);
}

void watch_closed(WatchWriter& writer, const WatchedPeer& peer, CloseReason reason) noexcept {
  if (!writer.is_on(WatchKind::kConnevents)) [[likely]]
    return;
  Event event;
  event.line().text("type=conn_close");
  put_peer(event.line(), peer.text);
  event.line().text(" reason=").text(word_of(reason));
  put_fd(event.line(), peer.fd);
  event.leave(writer, WatchKind::kConnevents);
}

void WatchedEvictions::open(size_t threads) {
  while (writers_.size() < threads) writers_.push_back(&watch_.writer());
}

void WatchedEvictions::evicted(size_t thread, const EvictedItem& item) noexcept {
  if (item.key.size() > memcache::kMaxKey) return;  // no name in this protocol
  Event event;
  event.line().text("type=eviction key=").uri(item.key);
  event.line().text(item.was_found ? " fetch=yes ttl=" : " fetch=no ttl=");
  if (item.expiry.at_ms == Expiry::kNever) {
    event.line().text("-1");
  } else {
    event.line().at_least_0((item.expiry.at_ms - item.now_ms) / 1000);
  }
  event.line().text(" la=").at_least_0((item.now_ms - item.used_ms) / 1000).text(" clsid=");
  event.line().text(kClassText).text(" size=").number(item.value_bytes);
  event.leave(*writers_[thread], WatchKind::kEvictions);
}

}  // namespace pelikan
