// RespClients: who is connected, for CLIENT LIST and CLIENT KILL. A client's worker enters it when
// it connects and leaves a mark once in a turn; no request pays for it.
//
// Thread safety: RespClients' methods from any thread; a RespClientEntry's on its worker.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/service.h"
#include "protocol/resp/command.h"
#include "protocol/resp/compose.h"

namespace pelikan {

class RespClients;

// What a client says of itself.
enum class RespClientText : uint8_t { kName, kLibrary, kLibraryVersion };
inline constexpr size_t kRespClientTexts = 3;

// A client's place among them, for as long as it lives.
class RespClientEntry {
 public:
  // The longest text that is kept of it.
  static constexpr size_t kMaxText = 1024;

  // REQUIRES: clients and the peer's text outlive the entry
  RespClientEntry(RespClients& clients, std::string_view peer, int fd, int64_t now_ms);
  RespClientEntry(const RespClientEntry&) = delete;
  RespClientEntry& operator=(const RespClientEntry&) = delete;
  ~RespClientEntry();

  [[nodiscard]] uint64_t id() const noexcept { return id_; }
  [[nodiscard]] std::string_view text(RespClientText what) const noexcept {
    return texts_[static_cast<size_t>(what)];
  }
  // REQUIRES: value.size() <= kMaxText
  void set_text(RespClientText what, std::string_view value);
  // relaxed: a reader wants a recent value, nothing is ordered by it.
  void mark(resp::Command last, resp::ProtocolVersion version) noexcept {
    last_.store(last, std::memory_order_relaxed);
    version_.store(version, std::memory_order_relaxed);
  }
  void mark_no_evict(bool on) noexcept { no_evict_.store(on, std::memory_order_relaxed); }
  void mark_no_touch(bool on) noexcept { no_touch_.store(on, std::memory_order_relaxed); }
  [[nodiscard]] bool is_no_touch() const noexcept {
    return no_touch_.load(std::memory_order_relaxed);
  }

 private:
  friend class RespClients;

  RespClients& clients_;
  const std::string_view peer_;
  const int fd_;
  const int64_t since_ms_;
  // Written by the worker under the clients' mutex.
  std::array<std::string, kRespClientTexts> texts_;
  std::atomic<resp::Command> last_{resp::Command::kClient};
  std::atomic<resp::ProtocolVersion> version_{resp::ProtocolVersion::k2};
  std::atomic<bool> no_evict_{false};
  std::atomic<bool> no_touch_{false};
  // Behind the rest: what draws it shows the entry to others. They find the number in the table, as
  // it is written here only then.
  const uint64_t id_;
};

// A client as CLIENT LIST tells it.
struct RespClientRow {
  uint64_t id = 0;
  std::string address;  // "127.0.0.1:53920"
  std::string local;
  int fd = -1;
  int64_t age_ms = 0;
  int64_t idle_ms = 0;
  std::array<std::string, kRespClientTexts> texts;
  resp::Command last{};
  resp::ProtocolVersion version{};
  bool no_evict = false;
  bool no_touch = false;

  // One line, without its end.
  [[nodiscard]] std::string line() const;
};

class RespClients {
 public:
  // REQUIRES: both outlive the clients
  RespClients(const ConnectionTable& connections, const TimeSource& time) noexcept
      : connections_(connections), time_(time) {}

  // In the order in which they connected.
  [[nodiscard]] std::vector<RespClientRow> rows() const;
  [[nodiscard]] std::optional<RespClientRow> row(uint64_t id) const;
  // Closes a client's connection, whatever its worker does. False: there is none of this number.
  bool hang_up(uint64_t id) const noexcept;

 private:
  friend class RespClientEntry;

  using Entries = std::map<uint64_t, const RespClientEntry*>;

  uint64_t enter(const RespClientEntry& entry);
  void leave(uint64_t id) noexcept;
  // REQUIRES: mutex_ held
  [[nodiscard]] RespClientRow row_of(const Entries::value_type& place) const;

  const ConnectionTable& connections_;
  const TimeSource& time_;
  mutable std::mutex mutex_;
  uint64_t last_id_ = 0;
  Entries entries_;
};

}  // namespace pelikan
