// MemcacheWatch: clients that watch what others do (`watch fetchers mutations ...`). Every thread
// that has something to tell leaves lines in a ring of its own; the control plane hands them out to
// the rings of those who watch; each watcher's worker moves them on into its output.
//
//   thread -> [ring] -> control plane -> [watcher's ring] -> worker -> connection
//
// Nobody is waited for: a full ring loses lines, which are counted, and a watcher that takes
// nothing is closed by write_timeout like any other client. While nobody watches, a thread pays for
// one look at an atomic in a batch of requests.
//
// Thread safety: writers in the constructor's thread; tick() on the control plane; join() and a
// Watcher on its worker; a WatchWriter on its thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "buffer/output.h"
#include "log/line_ring.h"
#include "metric/metric.h"

namespace pelikan {

// What can be watched: bits of a mask.
enum class WatchKind : uint8_t {
  kFetchers = 1,
  kMutations = 2,
  kEvictions = 4,
  kConnevents = 8,
  kDeletions = 16,
};
// The kinds that the words name, "fetchers mutations"; no words: fetchers. Empty: one is unknown.
[[nodiscard]] std::optional<uint8_t> parse_watch_kinds(std::string_view words) noexcept;

struct WatchWriterMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter written{this, "watch_written", "lines left for watchers"};
  Counter dropped{this, "watch_dropped", "lines for watchers that found no room to wait"};
};

struct WatchMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter sent{this, "watch_sent", "lines handed out, counted for every watcher"};
  Counter skipped{this, "watch_skipped", "lines left out because their watcher was too slow"};
  Gauge watchers{this, "watch_watchers", "clients that watch"};
};

class MemcacheWatch;

// One thread's end.
class WatchWriter {
 public:
  // REQUIRES: the references outlive the writer
  WatchWriter(MemcacheWatch& watch, MetricRegistry& registry);

  // Somebody watches something, or this. Any thread.
  [[nodiscard]] inline bool is_on() const noexcept;
  [[nodiscard]] inline bool is_on(WatchKind kind) const noexcept;

  // Leaves a line "ts=<sec>.<usec> gid=<n> " and then `event`, or drops it.
  // REQUIRES: event.size() <= kMaxEvent, without a line's end
  void write(WatchKind kind, std::string_view event) noexcept;

  static constexpr size_t kMaxEvent = 1024;
  static constexpr size_t kMaxLine = kMaxEvent + 32 + 3 * kMaxDecimal;  // kind, stamp, line's end

 private:
  friend class MemcacheWatch;

  static constexpr size_t kRingBytes = 256 * 1024;

  MemcacheWatch& watch_;
  LineRing lines_{kRingBytes};
  WatchWriterMetrics metrics_;
};

// Who watches: a place in MemcacheWatch, taken and left by workers, told lines by the control
// plane.
class Watcher {
 public:
  // Moves waiting lines into the output, as many as one turn may. False: there are more.
  [[nodiscard]] bool move_lines(Output& out) noexcept;

 private:
  friend class MemcacheWatch;
  friend class WatcherSeat;

  // A worker takes and leaves the place: kFree -> kTaken -> kOn -> kFree. The control plane holds
  // it for as long as a line takes, kOn -> kHeld -> kOn; a worker that leaves meanwhile says kLeft
  // and the control plane frees the place. release and acquire: who sees the state sees what its
  // setter did to the rest.
  enum class State : uint8_t { kFree, kTaken, kOn, kHeld, kLeft };
  static constexpr size_t kRingBytes = 512 * 1024;

  // A worker's.
  [[nodiscard]] bool join(uint8_t kinds) noexcept;
  void leave() noexcept;
  // The control plane's. False: nobody watches here; else let_go() follows.
  [[nodiscard]] bool hold() noexcept;
  void let_go() noexcept;
  // Lets the line wait; false: it is left out. REQUIRES: it is held
  [[nodiscard]] bool take(std::string_view line) noexcept;

  [[nodiscard]] bool has_ring() noexcept;
  void free() noexcept;

  std::atomic<State> state_{State::kFree};
  uint8_t kinds_ = 0;
  uint64_t skipped_ = 0;             // since the last line it got; the control plane's
  std::unique_ptr<LineRing> lines_;  // kept once it is there
};

// A watcher for as long as it lives.
class WatcherSeat {
 public:
  explicit WatcherSeat(Watcher& watcher) noexcept : watcher_(&watcher) {}
  struct Leave {
    void operator()(Watcher* watcher) const noexcept { watcher->leave(); }
  };
  [[nodiscard]] Watcher& operator*() const noexcept { return *watcher_; }

 private:
  std::unique_ptr<Watcher, Leave> watcher_;
};

class MemcacheWatch {
 public:
  static constexpr size_t kMostWatchers = 20;  // as memcached has it

  // REQUIRES: the references outlive the watch
  MemcacheWatch(MetricRegistry& registry, const TimeSource& time);

  // A new writer, for one thread; it lives as long as the watch. Before threads start.
  [[nodiscard]] WatchWriter& writer();

  // From now on these kinds are told; empty: too many watch, or there is no memory. Any worker.
  [[nodiscard]] std::optional<WatcherSeat> join(uint8_t kinds) noexcept;

  // Hands out what is there; a few tens of times a second.
  void tick() noexcept;

 private:
  friend class WatchWriter;

  void hand_out(std::string_view lines) noexcept;
  void hand_out_line(uint8_t kind, std::string_view line) noexcept;
  void count_watchers() noexcept;

  MetricRegistry& registry_;
  const TimeSource& time_;
  WatchMetrics metrics_;
  // The kinds that anybody watches. Written by workers that join and by the control plane, read by
  // all. relaxed: it orders nothing; who sees it late tells a line too few or too many.
  std::atomic<uint8_t> kinds_{0};
  std::atomic<uint64_t> next_id_{1};  // lines are numbered; relaxed: numbers are drawn
  std::array<Watcher, kMostWatchers> watchers_;
  std::vector<std::unique_ptr<WatchWriter>> writers_;
  std::string batch_;  // of one ring, being handed out
};

inline bool WatchWriter::is_on() const noexcept {
  return watch_.kinds_.load(std::memory_order_relaxed) != 0;
}
inline bool WatchWriter::is_on(WatchKind kind) const noexcept {
  return (watch_.kinds_.load(std::memory_order_relaxed) & static_cast<uint8_t>(kind)) != 0;
}

}  // namespace pelikan
