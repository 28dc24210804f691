#include "load/engine/load_thread.h"

#include <sched.h>

#include <algorithm>

#include "base/assertion.h"
#include "load/engine/thread_use.h"

namespace pelikan::load {
namespace {

constexpr int64_t kMillisecond = 1'000'000;

constexpr size_t kScratch = 256 * kKiB;
constexpr int64_t kTick = 10 * kMillisecond;
constexpr int64_t kReopenPause = 50 * kMillisecond;
// Requests composed between two looks at the clock, which is the time they count as written.
constexpr size_t kComposedAtOnce = 64;
// Without an answer for so long, a server is said to stall.
constexpr int64_t kStall = 100 * kMillisecond;
// An answer that is late by so many request_timeouts is not waited for any more.
constexpr int64_t kPatience = 10;
// How soon a source that had nothing is asked again.
constexpr int64_t kSupplyPause = kMillisecond / 5;

// Fails only for a CPU that is not there, or not allowed: then the thread runs where it may.
void run_on_cpu(size_t cpu) noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

const Greeting kNoGreeting;

bool has_no_times(Pace pace) noexcept { return pace == Pace::kClosed || pace == Pace::kUnpaced; }

}  // namespace

LoadThread::LoadThread(const ThreadPlan& plan, const std::vector<ServerTarget>& servers,
                       Source& source, MakeConnection make_connection)
    : plan_(plan),
      source_(source),
      dialer_(loop_, servers, plan_.own_end, plan.first_source, plan.tls),
      scratch_(std::make_unique<char[]>(kScratch)),
      warmup_(has_no_times(plan.pace)),
      measured_(has_no_times(plan.pace)),
      traffic_{.source = source,
               .recorder = &warmup_,
               .earlier_recorder = &warmup_,
               .measured = false,
               .scratch = {scratch_.get(), kScratch},
               .greeting = plan.greeting == nullptr ? kNoGreeting : *plan.greeting,
               .request_timeout_ns = plan.request_timeout_ns},
      groups_(plan.ring == nullptr ? 1 : servers.size()),
      requests_left_(plan.requests),
      failing_since_ns_(servers.size()) {
  CHECK(plan.connections > 0 && !servers.empty());
  CHECK(plan.ring == nullptr || (plan.pace != Pace::kClosed && plan.connections >= servers.size()));
  const size_t window = plan.pipeline * plan.keys_at_once;
  for (size_t i = 0; i < plan.connections; ++i) {
    const size_t server = (plan.first_server + i) % servers.size();
    connections_.push_back(make_connection(traffic_, *this, server, window));
    group_of(*connections_.back()).all.push_back(connections_.back().get());
    if (!reopen(*connections_.back())) lost_.push_back(connections_.back().get());
  }
  for (size_t i = 0; i < plan.idle_connections; ++i) {
    idle_.add(dialer_, (plan.first_server + i) % servers.size());
  }
  dirty_.reserve(kComposedAtOnce);
  lost_.reserve(plan.connections);
}

LoadThread::~LoadThread() = default;

void LoadThread::stop() noexcept {
  stop_.store(true, std::memory_order_relaxed);
  loop_.wake();
}

void LoadThread::run() {
  if (plan_.cpu) run_on_cpu(*plan_.cpu);
  start_ns_ = now_ns_ = time_.precise_ns();
  dialer_.begin();
  measured_from_ns_ = start_ns_ + plan_.warmup_ns;
  last_answer_ns_ = room_since_ns_ = awake_since_ns_ = last_tick_ns_ = start_ns_;
  if (plan_.pace == Pace::kPlanned) {
    times_.emplace(plan_.planned_times({start_ns_, measured_from_ns_}));
  }
  use_ = current_use();
  if (plan_.warmup_ns == 0) enter(Stage::kMeasured);
  for (const auto& connection : connections_) progressed(*connection);
  while (!is_over()) round();
  finish();
}

void LoadThread::round() {
  const int64_t wake_ns = next_wake_ns();
  const bool waits = wake_ns > now_ns_;
  loop_.run_once_until(waits ? wake_ns : 0);
  now_ns_ = time_.precise_ns();
  if (waits) awake_since_ns_ = now_ns_;
  move_stage();
  if (now_ns_ >= last_tick_ns_ + kTick) tick();
  if (!lost_.empty()) reopen_lost();
  if (is_open_loop()) send_due();
}

int64_t LoadThread::next_wake_ns() noexcept {
  const int64_t next_tick_ns = last_tick_ns_ + kTick;
  if (!is_open_loop() || is_exhausted()) return next_tick_ns;
  const int64_t due_ns = next_due_ns();
  // Without room, an answer is waited for.
  const bool is_due = due_ns <= now_ns_ && draw_next(due_ns);
  if (is_due && connection_for_next() == nullptr) return next_tick_ns;
  return std::min(next_tick_ns, due_ns);
}

// ---- stages

void LoadThread::enter(Stage stage) noexcept {
  stage_ = stage;
  if (stage == Stage::kMeasured) {
    traffic_.recorder = &measured_;
    traffic_.measured = true;
    use_ = current_use();
  } else if (stage == Stage::kDraining) {
    use_ = use_since(use_);
    drain_until_ns_ = now_ns_ + plan_.drain_ns;
    takes_follow_ups_ = source_is_over_ && !is_stopped_;
    source_is_over_ = source_is_over_ || plan_.pace != Pace::kPlanned;
    follow_ups_.clear();
    if (next_.is_follow_up || source_is_over_) next_.is_drawn = false;
  }
}

void LoadThread::move_stage() noexcept {
  if (stage_ == Stage::kWarmup && now_ns_ >= measured_from_ns_) enter(Stage::kMeasured);
  if (stage_ == Stage::kDraining) return;
  const bool time_is_up =
      plan_.duration_ns != 0 && now_ns_ >= measured_from_ns_ + plan_.duration_ns;
  is_stopped_ = stop_.load(std::memory_order_relaxed) || gone_server_.has_value();
  if (time_is_up || is_exhausted()) enter(Stage::kDraining);
}

// Nothing new will be sent.
bool LoadThread::is_exhausted() const noexcept {
  const bool has_next = next_.is_drawn || follow_ups_.due_ns() != FollowUps::kNever;
  return is_stopped_ || (source_is_over_ && !has_next) ||
         (plan_.requests != 0 && requests_left_ == 0);
}

bool LoadThread::is_over() noexcept {
  if (stage_ != Stage::kDraining) return false;
  if (now_ns_ >= drain_until_ns_ || gone_server_) return true;
  if (!is_exhausted() && (source_is_over_ || !times_->is_over())) return false;
  return std::ranges::all_of(connections_, [](const auto& c) { return c->is_idle(); });
}

void LoadThread::finish() noexcept {
  windows_have_room();
  note_gone();
  if (!source_is_over_ && !is_exhausted()) drop_planned();
  for (const auto& connection : connections_) {
    connection->give_up(now_ns_);
    connection->close(CloseReason::kRequested);
  }
  idle_.close();
  loop_.run_once_until(0);  // delivers the ends
}

// What takes no precise time.
void LoadThread::tick() noexcept {
  const int64_t elapsed_ns = now_ns_ - last_tick_ns_;
  last_tick_ns_ = now_ns_;
  source_.move_to(now_ns_ - start_ns_);
  uint64_t open = idle_.open();
  for (const auto& connection : connections_) {
    if (!connection->is_open()) continue;
    open += 1;
    const int64_t oldest_ns = connection->oldest_ns();
    const bool is_hopeless = oldest_ns != 0 && plan_.request_timeout_ns != 0 &&
                             now_ns_ - oldest_ns > kPatience * plan_.request_timeout_ns;
    if (!is_hopeless) continue;
    connection->give_up(now_ns_);
    connection->close(CloseReason::kIdle);
  }
  open_connections_.store(open, std::memory_order_relaxed);
  churn_owed_ += plan_.churn_per_s * static_cast<double>(elapsed_ns) * 1e-9;
  retire_some();
}

// ---- requests

bool LoadThread::next_request(WireRequest& request) noexcept {
  if (follow_ups_.due_ns() <= now_ns_) {
    const FollowUp& what = follow_ups_.pop();
    source_.follow(what, request);
    return true;
  }
  if (source_is_over_ || !source_.next(request)) {
    source_is_over_ = true;
    return false;
  }
  return true;
}

void LoadThread::send_batch(Connection& connection) noexcept {
  if (stage_ == Stage::kDraining || connection.in_flight() > 0) return;
  WireRequest request;
  for (size_t i = 0; i < plan_.pipeline && connection.has_room(plan_.pipeline); ++i) {
    if (is_exhausted() || !next_request(request)) break;
    add(request, now_ns_, connection);
  }
  connection.flush();
  take_turn(connection);
}

void LoadThread::add(const WireRequest& request, int64_t planned_ns,
                     Connection& connection) noexcept {
  connection.add(request, planned_ns, now_ns_);
  if (stage_ == Stage::kMeasured && plan_.requests != 0) requests_left_ -= 1;
}

int64_t LoadThread::next_due_ns() noexcept {
  if (next_.is_drawn) return next_.planned_ns;
  return std::min(next_new_ns(), follow_ups_.due_ns());
}

int64_t LoadThread::next_new_ns() noexcept {
  switch (source_.supply()) {
    case Source::Supply::kReady:
      break;
    case Source::Supply::kNotYet:
      return now_ns_ + kSupplyPause;
    case Source::Supply::kOver:
      source_is_over_ = true;
      return Arrivals::kNever;
  }
  switch (plan_.pace) {
    case Pace::kPlanned:
      return times_->peek();
    case Pace::kRecorded:
      return start_ns_ + source_.recorded_ns();
    case Pace::kClosed:
    case Pace::kUnpaced:
      break;
  }
  return now_ns_;
}

// Draws the request that is due, unless it is drawn already. False: there is none.
bool LoadThread::draw_next(int64_t due_ns) noexcept {
  if (next_.is_drawn) return true;
  next_.is_follow_up = follow_ups_.due_ns() <= now_ns_;
  next_.planned_ns = next_.is_follow_up ? follow_ups_.due_ns() : due_ns;
  if (plan_.keeps_clients && !next_.is_follow_up) next_.client = source_.client();
  next_.is_drawn = next_request(next_.request);
  if (plan_.ring != nullptr && next_.is_drawn) {
    next_.group = plan_.ring->server_of(next_.request.keys.front());
  }
  return next_.is_drawn;
}

// Null when there is no room for it.
Connection* LoadThread::connection_for_next() noexcept {
  Group& group = groups_[next_.group];
  if (!plan_.keeps_clients || next_.is_follow_up) return group.with_room.first();
  Connection& connection = *group.all[next_.client % group.all.size()];
  return connection.has_room(plan_.pipeline) ? &connection : nullptr;
}

void LoadThread::send_due() noexcept {
  size_t composed = 0;
  for (int64_t due_ns = next_due_ns(); due_ns <= now_ns_; due_ns = next_due_ns()) {
    if (is_exhausted() || !draw_next(due_ns)) break;
    Connection* connection = connection_for_next();
    if (connection == nullptr) {
      windows_are_full();
      if (!plan_.drops_when_full || plan_.pace == Pace::kUnpaced) break;
      drop_next();
      continue;
    }
    add_next(*connection);
    if (++composed % kComposedAtOnce != 0) continue;
    flush_dirty();
    now_ns_ = time_.precise_ns();
  }
  flush_dirty();
}

void LoadThread::add_next(Connection& connection) noexcept {
  const WireRequest& request = next_.request;
  const int64_t planned_ns = next_.planned_ns;
  next_.is_drawn = false;
  if (!next_.is_follow_up && times_) times_->pop();
  add(request, planned_ns, connection);
  // Not this thread's fault: that no window had room, and that the kernel woke it late.
  const int64_t able_ns = std::max({planned_ns, room_since_ns_, awake_since_ns_});
  if (plan_.pace != Pace::kUnpaced) {
    traffic_.recorder->lagged(request.verb, now_ns_ - planned_ns,
                              std::max<int64_t>(0, now_ns_ - able_ns));
  }
  if (dirty_.empty() || dirty_.back() != &connection) dirty_.push_back(&connection);
  take_turn(connection);
}

void LoadThread::take_turn(Connection& connection) noexcept {
  const uint64_t every = plan_.reconnect_every;
  if (every != 0 && connection.sent() >= every && !connection.is_retiring()) connection.retire();
  if (!is_open_loop()) return;
  if (connection.has_room(plan_.pipeline)) {
    group_of(connection).with_room.move_to_back(connection);
  } else {
    connection.unlink();
  }
}

void LoadThread::flush_dirty() noexcept {
  for (Connection* connection : dirty_) {
    connection->flush();
    if (!connection->has_room(plan_.pipeline)) connection->unlink();
  }
  dirty_.clear();
}

void LoadThread::drop_next() noexcept {
  next_.is_drawn = false;
  if (!next_.is_follow_up && times_) times_->pop();
  traffic_.recorder->dropped(1);
}

// What was planned by now and found no room.
void LoadThread::drop_planned() noexcept {
  uint64_t dropped = 0;
  for (; times_->peek() <= now_ns_; times_->pop()) ++dropped;
  traffic_.recorder->dropped(dropped);
}

// ---- answers

int64_t LoadThread::read_clock() noexcept {
  now_ns_ = time_.precise_ns();
  windows_have_room();
  last_answer_ns_ = now_ns_;
  return now_ns_;
}

void LoadThread::progressed(Connection& connection) noexcept {
  if (connection.is_proven()) failing_since_ns_[connection.server()] = 0;
  if (!is_open_loop()) return send_batch(connection);
  if (!connection.is_linked()) take_turn(connection);
}

void LoadThread::windows_are_full() noexcept {
  if (full_since_ns_ == 0) full_since_ns_ = now_ns_;
}

// Answers came, after a time that may have been a stall. In a closed loop windows are always full.
void LoadThread::windows_have_room() noexcept {
  if (is_open_loop() && full_since_ns_ == 0) return;
  if (now_ns_ - std::max(last_answer_ns_, full_since_ns_) >= kStall) note_stall();
  if (full_since_ns_ == 0) return;
  full_ns_ += now_ns_ - full_since_ns_;
  full_since_ns_ = 0;
  room_since_ns_ = now_ns_;
}

// The server has been silent since its last answer, or since it was asked.
void LoadThread::note_stall() noexcept {
  if (stage_ == Stage::kWarmup) return;
  int64_t asked_ns = now_ns_;
  for (const auto& connection : connections_) {
    if (connection->in_flight() > 0) asked_ns = std::min(asked_ns, connection->oldest_ns());
  }
  stalled_ns_ += now_ns_ - std::max(last_answer_ns_, asked_ns);
}

void LoadThread::follow_up(const FollowUp& what) noexcept {
  if (!takes_follow_ups_) return;
  if (!follow_ups_.push(what)) traffic_.recorder->dropped(1);
}

// ---- connections that come and go

void LoadThread::lost(Connection& connection, CloseReason reason) noexcept {
  dialer_.note_closed(connection.transport());
  connection.unlink();
  std::erase(dirty_, &connection);
  lost_.push_back(&connection);
  // One that served gets another at once; one that was never answered, after a pause.
  if (reason == CloseReason::kRequested || connection.is_proven()) next_reopen_ns_ = 0;
  if (reason != CloseReason::kRequested) note_failure(connection.server());
}

void LoadThread::note_failure(size_t server) noexcept {
  int64_t& since_ns = failing_since_ns_[server];
  if (since_ns == 0) since_ns = now_ns_;
  if (now_ns_ - since_ns > plan_.connect_timeout_ns) gone_server_ = server;
}

// At the end a server that has failed and serves no connection is gone, however short ago.
void LoadThread::note_gone() noexcept {
  const auto serves = [this](size_t server) {
    return std::ranges::any_of(connections_, [&](const auto& connection) {
      return connection->server() == server && !std::ranges::count(lost_, connection.get());
    });
  };
  for (size_t server = 0; server < failing_since_ns_.size(); ++server) {
    if (failing_since_ns_[server] != 0 && !serves(server)) gone_server_ = server;
  }
}

void LoadThread::reopen_lost() noexcept {
  if (stage_ == Stage::kDraining || now_ns_ < next_reopen_ns_) return;
  next_reopen_ns_ = now_ns_ + kReopenPause;
  std::erase_if(lost_, [this](Connection* connection) { return reopen(*connection); });
}

bool LoadThread::reopen(Connection& connection) noexcept {
  auto transport = dialer_.dial(connection.server(), connection);
  if (transport == nullptr) {
    note_failure(connection.server());
    return false;
  }
  connection.open(std::move(transport));
  if (start_ns_ != 0) progressed(connection);  // else run() will
  return true;
}

void LoadThread::retire_some() noexcept {
  if (stage_ == Stage::kDraining) return;
  for (; churn_owed_ >= 1; churn_owed_ -= 1) {
    next_retired_ = (next_retired_ + 1) % connections_.size();
    Connection& connection = *connections_[next_retired_];
    if (!connection.is_open() || connection.is_retiring()) continue;
    connection.unlink();
    connection.retire();
  }
}

}  // namespace pelikan::load
