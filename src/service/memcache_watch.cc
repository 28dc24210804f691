#include "service/memcache_watch.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "base/assertion.h"
#include "protocol/memcache/words.h"
#include "service/text_writer.h"

namespace pelikan {
namespace {

constexpr std::array<std::pair<std::string_view, WatchKind>, 5> kWords{{
    {"fetchers", WatchKind::kFetchers},
    {"mutations", WatchKind::kMutations},
    {"evictions", WatchKind::kEvictions},
    {"connevents", WatchKind::kConnevents},
    {"deletions", WatchKind::kDeletions},
}};

constexpr size_t kBytesPerTurn = 64 * 1024;  // moved into the output

// "ts=1700000000.012000 gid=7 "
void write_stamp(TextWriter& line, int64_t unix_ms, uint64_t id) noexcept {
  constexpr std::string_view kZeros = "000000";
  const Decimal us(static_cast<uint64_t>(unix_ms % 1000) * 1000);
  line.text("ts=").at_least_0(unix_ms / 1000).text(".");
  line.text(kZeros.substr(us.text().size())).text(us.text()).text(" gid=").number(id).text(" ");
}

}  // namespace

std::optional<uint8_t> parse_watch_kinds(std::string_view text) noexcept {
  memcache::Words words(text);
  if (words.is_done()) return static_cast<uint8_t>(WatchKind::kFetchers);
  unsigned kinds = 0;
  while (!words.is_done()) {
    const auto* found =
        std::ranges::find(kWords, words.next(), &std::pair<std::string_view, WatchKind>::first);
    if (found == kWords.end()) return std::nullopt;
    kinds |= static_cast<unsigned>(found->second);
  }
  return static_cast<uint8_t>(kinds);
}

WatchWriter::WatchWriter(MemcacheWatch& watch, MetricRegistry& registry)
    : watch_(watch), metrics_(registry) {}

// In the ring a line begins with its kind.
void WatchWriter::write(WatchKind kind, std::string_view event) noexcept {
  DCHECK(event.size() <= kMaxEvent);
  char line[kMaxLine];
  line[0] = static_cast<char>(kind);
  TextWriter writer(line + 1);
  write_stamp(writer, watch_.time_.unix_ms(),
              watch_.next_id_.fetch_add(1, std::memory_order_relaxed));
  const char* end = writer.text(event).text("\n").end();
  const bool fits = lines_.push({line, static_cast<size_t>(end - line)});
  (fits ? metrics_.written : metrics_.dropped).add();
}

bool Watcher::join(uint8_t kinds) noexcept {
  State state = State::kFree;
  if (!state_.compare_exchange_strong(state, State::kTaken, std::memory_order_acquire))
    return false;
  if (!has_ring()) {
    state_.store(State::kFree, std::memory_order_release);
    return false;
  }
  kinds_ = kinds;
  skipped_ = 0;
  state_.store(State::kOn, std::memory_order_release);
  return true;
}

void Watcher::leave() noexcept {
  if (state_.exchange(State::kLeft, std::memory_order_acq_rel) == State::kOn) free();
}

bool Watcher::hold() noexcept {
  State state = state_.load(std::memory_order_relaxed);
  return state == State::kOn &&
         state_.compare_exchange_strong(state, State::kHeld, std::memory_order_acquire);
}

void Watcher::let_go() noexcept {
  State state = State::kHeld;
  if (!state_.compare_exchange_strong(state, State::kOn, std::memory_order_acq_rel)) free();
}

void Watcher::free() noexcept {
  for (const std::string_view part : lines_->pending()) lines_->drop(part.size());
  state_.store(State::kFree, std::memory_order_release);
}

bool Watcher::has_ring() noexcept {
  try {
    if (lines_ == nullptr) lines_ = std::make_unique<LineRing>(kRingBytes);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

bool Watcher::move_lines(Output& out) noexcept {
  for (size_t moved = 0; moved < kBytesPerTurn && !lines_->is_empty();) {
    if (!out.has_room()) return true;  // called again when it has drained
    const std::string_view part = lines_->pending()[0].substr(0, Output::kReplyReserve);
    out.append(part);
    lines_->drop(part.size());
    moved += part.size();
  }
  return lines_->is_empty();
}

// Who could not be told something is told so when there is room again.
bool Watcher::take(std::string_view line) noexcept {
  bool fits;
  if (skipped_ == 0) {
    fits = lines_->push(line);
  } else {
    char noted[WatchWriter::kMaxLine + 32 + kMaxDecimal];
    TextWriter writer(noted);
    const char* end = writer.text("[skipped: ").number(skipped_).text("]\n").text(line).end();
    fits = lines_->push({noted, static_cast<size_t>(end - noted)});
  }
  skipped_ = fits ? 0 : skipped_ + 1;
  return fits;
}

MemcacheWatch::MemcacheWatch(MetricRegistry& registry, const TimeSource& time)
    : registry_(registry), time_(time), metrics_(registry) {}

WatchWriter& MemcacheWatch::writer() {
  writers_.push_back(std::make_unique<WatchWriter>(*this, registry_));
  return *writers_.back();
}

std::optional<WatcherSeat> MemcacheWatch::join(uint8_t kinds) noexcept {
  const auto place =
      std::ranges::find_if(watchers_, [&](Watcher& watcher) { return watcher.join(kinds); });
  if (place == watchers_.end()) return std::nullopt;
  kinds_.fetch_or(kinds, std::memory_order_relaxed);
  return std::optional<WatcherSeat>(std::in_place, *place);
}

void MemcacheWatch::tick() noexcept {
  count_watchers();
  for (const std::unique_ptr<WatchWriter>& writer : writers_) {
    LineRing& ring = writer->lines_;
    if (ring.is_empty()) continue;
    batch_.clear();
    for (const std::string_view part : ring.pending()) batch_ += part;
    ring.drop(batch_.size());
    hand_out(batch_);
  }
}

// Forgets what only those watched who have left.
void MemcacheWatch::count_watchers() noexcept {
  unsigned kinds = 0;
  int64_t on = 0;
  for (Watcher& watcher : watchers_) {
    if (!watcher.hold()) continue;
    kinds |= watcher.kinds_;
    ++on;
    watcher.let_go();
  }
  // Who joins at this moment may be forgotten until the next tick.
  kinds_.store(static_cast<uint8_t>(kinds), std::memory_order_relaxed);
  metrics_.watchers.set(on);
}

void MemcacheWatch::hand_out(std::string_view lines) noexcept {
  while (!lines.empty()) {
    const size_t size = lines.find('\n') + 1;
    hand_out_line(static_cast<uint8_t>(lines[0]), lines.substr(1, size - 1));
    lines.remove_prefix(size);
  }
}

void MemcacheWatch::hand_out_line(uint8_t kind, std::string_view line) noexcept {
  for (Watcher& watcher : watchers_) {
    if (!watcher.hold()) continue;
    if ((watcher.kinds_ & kind) != 0) {
      const bool fits = watcher.take(line);
      (fits ? metrics_.sent : metrics_.skipped).add();
    }
    watcher.let_go();
  }
}

}  // namespace pelikan
