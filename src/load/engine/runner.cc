#include "load/engine/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/setup_error.h"
#include "core/file_limit.h"
#include "load/engine/host_report.h"
#include "load/engine/phase_watch.h"
#include "load/engine/ping_source.h"
#include "load/engine/prefill.h"
#include "load/engine/replay_source.h"
#include "load/engine/server_stats.h"
#include "load/engine/verdict.h"

namespace pelikan::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr uint64_t kOpenWindow = 64;
constexpr uint64_t kPrefillPipeline = 64;
constexpr milliseconds kPrefillPatience{10'000};
// How soon a signal is seen.
constexpr milliseconds kWatchStep{100};
// Files beside the connections': loops, timers, outputs, statistics.
constexpr uint64_t kOtherFiles = 64;

int64_t to_ns(milliseconds time) noexcept { return nanoseconds(time).count(); }

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

SteadyClock::duration to_duration(double seconds) {
  return std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
}

// The part of `total` that falls to one of `count`.
uint64_t share_of(uint64_t total, uint32_t index, uint32_t count) noexcept {
  return total / count + (index < total % count ? 1 : 0);
}

// The CPU of a thread; none when the option names none.
std::optional<size_t> cpu_of(const Option<std::string>& option, uint32_t thread) {
  const std::vector<std::string_view> cpus = split(option.get(), ',');
  if (cpus.empty()) return std::nullopt;
  const auto cpu = parse_u64(trimmed(cpus[thread % cpus.size()]));
  if (!cpu || *cpu >= std::thread::hardware_concurrency()) {
    Setting(option).refuse("no such CPU", "a list of CPU numbers, like 2,3");
  }
  return *cpu;
}

// The file's first line.
std::string read_password(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (std::getline(file, line) && !line.empty()) return line;
  throw SetupError(ExitCode::kConfig,
                   fmt::format("auth_password_file: there is no password in '{}'", path));
}

bool is_default(const OptionBase& option) { return option.current_text() == option.default_text(); }

}  // namespace

Runner::Runner(const LoadOptions& options, const TlsClientOptions& tls, const TraceOptions& trace,
               const KeyspaceGroups& keyspaces, Signals& signals, RunObserver& observer)
    : options_(options),
      trace_(trace),
      protocol_(find_protocol(options.protocol.get())),
      servers_(parse_servers(options.servers.get(), protocol_.port)),
      own_end_{.nodelay = options.nodelay.get(),
               .addresses = parse_source_ips(options.source_ips.get())},
      workload_(keyspaces, options.seed.get()),
      ring_(make_ring()),
      greeting_(make_greeting()),
      signals_(signals),
      observer_(observer) {
  if (tls.enabled.get()) tls_.emplace(tls);
  check_mixes();
  if (options.search.get().empty()) (void)schedule(std::nullopt);
  (void)parse_prefill(Setting(options.prefill), workload_);
  for (uint32_t i = 0; i < threads(); ++i) (void)cpu_of(options.cpu_affinity, i);
  if (trace.trace.get() != "-") (void)make_feed();
  if (is_replay() && !protocol_.has_keys) {
    Setting(options.protocol).refuse("it has no keys, which a trace is about");
  }
}

void Runner::check_mixes() const {
  if (!protocol_.has_keys) return;
  for (const auto& keyspace : workload_.keyspaces()) {
    if (keyspace->fill() && !protocol_.speaks(Verb::kFill)) {
      Setting(keyspace->options().fill)
          .refuse(fmt::format("{} has no such commands", protocol_.name));
    }
    for (const Mix::Entry& entry : keyspace->mix().entries()) {
      if (protocol_.speaks(entry.verb)) continue;
      Setting(keyspace->options().mix)
          .refuse(fmt::format("{} has no {}", protocol_.name, verb_name(entry.verb)));
    }
  }
}

Greeting Runner::make_greeting() const {
  Login login{.user = options_.auth_user.get(), .password = {}};
  const std::string& path = options_.auth_password_file.get();
  if (path.empty() && !login.user.empty()) {
    Setting(options_.auth_user).refuse("a password is needed, too", "with auth_password_file");
  }
  if (protocol_.greeting == nullptr) {
    if (path.empty()) return {};
    Setting(options_.protocol).refuse("no passwords are spoken of in it");
  }
  if (!path.empty()) login.password = read_password(path);
  return protocol_.greeting(login);
}

// None: the requests go to the servers in turn.
std::optional<KetamaRing> Runner::make_ring() const {
  const KeyHash hash = find_key_hash(options_.hash.get());
  if (hash == nullptr) Setting(options_.hash).refuse("unknown", key_hash_names());
  std::vector<RingMember> members;
  members.reserve(servers_.size());
  for (const ServerTarget& server : servers_) members.push_back(server.member);
  if (options_.distribution.get() == "roundrobin") {
    const bool has_weight = std::ranges::any_of(members, [](auto& m) { return m.weight != 1; });
    if (has_weight) Setting(options_.servers).refuse("only distribution ketama heeds weights");
    return std::nullopt;
  }
  const Setting distribution(options_.distribution.name(), "ketama");
  if (!protocol_.has_keys) distribution.refuse("the protocol has no keys");
  if (workload_.most_keys_at_once() > 1) {
    distribution.refuse(
        "the keys of a request belong to several servers; use get and set in the mix");
  }
  if (options_.connections.get() < servers_.size()) {
    distribution.refuse("a thread needs a connection to every server");
  }
  return std::optional<KetamaRing>(std::in_place, members, hash);
}

void Runner::connect() const {
  const uint64_t connections = options_.connections.get() * options_.threads.get();
  raise_file_limit(connections + options_.idle_connections.get() + kOtherFiles);
  for (const ServerTarget& server : servers_) {
    (void)asker(server);
  }
}

// A conversation beside the load, with the greeting behind it. Throws ServerUnreachable.
Asker Runner::asker(const ServerTarget& server) const {
  Asker asker(server, options_.connect_timeout.get(), protocol_.reply_size,
              tls_ ? &*tls_ : nullptr);
  asker.greet(greeting_);
  return asker;
}

uint32_t Runner::threads() const noexcept { return static_cast<uint32_t>(options_.threads.get()); }

// None: a closed loop.
std::optional<Schedule> Runner::schedule(std::optional<double> rate) const {
  const Setting plan(options_.schedule);
  if (!rate && !trimmed(plan.text).empty()) return Schedule(plan, options_.seed.get());
  if (!rate) {
    rate = parse_count(options_.rate.get());
    if (!rate || *rate < 0) Setting(options_.rate).refuse("no rate", "a number, like 20k");
  }
  if (*rate == 0) return std::nullopt;
  const uint64_t requests = options_.requests.get();
  double seconds = std::chrono::duration<double>(options_.duration.get()).count();
  // Long enough for any number of requests: it is their end that ends the run.
  if (requests != 0 && !has_duration()) {
    seconds = 2 * static_cast<double>(requests) / *rate + 10;
  }
  return Schedule(*rate, seconds);
}

ThreadPlan Runner::common_plan(uint32_t thread) const {
  ThreadPlan plan;
  plan.cpu = cpu_of(options_.cpu_affinity, thread);
  plan.connections = options_.connections.get();
  plan.first_server = thread * plan.connections % servers_.size();
  plan.own_end = own_end_;
  plan.tls = tls_ ? &*tls_ : nullptr;
  plan.greeting = &greeting_;
  plan.first_source = thread * plan.connections;
  plan.request_timeout_ns = to_ns(options_.request_timeout.get());
  plan.connect_timeout_ns = to_ns(options_.connect_timeout.get());
  plan.keys_at_once = workload_.most_keys_at_once();
  plan.ring = ring_ ? &*ring_ : nullptr;
  if (ring_) plan.pace = Pace::kUnpaced;
  return plan;
}

Pace Runner::pace(const Schedule* schedule) const {
  if (schedule != nullptr) return Pace::kPlanned;
  if (!is_replay()) return ring_ ? Pace::kUnpaced : Pace::kClosed;
  return trace_.speed.get() == "max" ? Pace::kUnpaced : Pace::kRecorded;
}

ArrivalKind Runner::arrival() const {
  return options_.arrival.get() == "even" ? ArrivalKind::kEven : ArrivalKind::kPoisson;
}

// Of a trace, or of so many requests, the end is theirs as long as nobody says otherwise.
bool Runner::has_duration() const {
  const bool has_end = is_replay() || options_.requests.get() != 0;
  return !has_end || !is_default(options_.duration);
}

std::unique_ptr<ReplayFeed> Runner::make_feed() const {
  if (!is_replay()) return nullptr;
  return std::make_unique<ReplayFeed>(trace_, arrival(), options_.seed.get(), threads());
}

ThreadPlan Runner::run_plan(uint32_t thread, const Schedule* schedule) const {
  ThreadPlan plan = common_plan(thread);
  plan.pipeline = options_.pipeline.get();
  plan.pace = pace(schedule);
  plan.keeps_clients = is_replay();
  if (plan.pipeline == 0) plan.pipeline = schedule == nullptr && !is_replay() ? 1 : kOpenWindow;
  plan.idle_connections = share_of(options_.idle_connections.get(), thread, threads());
  plan.drops_when_full = options_.rate_on_full.get() == "drop";
  plan.requests = share_of(options_.requests.get(), thread, threads());
  plan.warmup_ns = to_ns(options_.warmup.get());
  plan.drain_ns = plan.request_timeout_ns;
  plan.churn_per_s = options_.churn.get() / threads();
  plan.reconnect_every = options_.reconnect_every.get();
  if (schedule == nullptr) {
    plan.duration_ns = has_duration() ? to_ns(options_.duration.get()) : 0;
    return plan;
  }
  plan.duration_ns = std::llround(schedule->seconds() * 1e9);
  const ArrivalKind kind = arrival();
  const Share share{.index = thread, .count = threads()};
  plan.planned_times = [this, schedule, kind, share](const RunTimes& times) {
    const uint64_t seed = options_.seed.get();
    return PlannedTimes(*schedule, kind, share, seed, times);
  };
  return plan;
}

ThreadPlan Runner::prefill_plan(uint32_t thread) const {
  ThreadPlan plan = common_plan(thread);
  plan.pipeline = kPrefillPipeline;
  plan.drain_ns = to_ns(kPrefillPatience);
  return plan;
}

void Runner::check_signals(Crew& crew) noexcept {
  while (const auto signal = signals_.next()) {
    if (*signal != Signal::kStop) continue;
    is_interrupted_ = true;
    crew.stop();
  }
}

void Runner::prefill() {
  const auto amount = parse_prefill(Setting(options_.prefill), workload_);
  if (!amount || !protocol_.has_keys) return;
  std::vector<ThreadPlan> plans;
  std::vector<std::unique_ptr<Source>> sources;
  for (uint32_t i = 0; i < threads(); ++i) {
    const Share share{.index = i, .count = threads()};
    plans.push_back(prefill_plan(i));
    sources.push_back(
        std::make_unique<PrefillSource>(workload_, share, options_.seed.get(), *amount));
  }
  Crew crew(plans, std::move(sources), servers_, protocol_.make_connection);
  const auto begin = SteadyClock::now();
  crew.start();
  for (auto next = begin + kWatchStep; !crew.wait_until(next); next += kWatchStep) {
    check_signals(crew);
    observer_.prefill_progressed(measured_sums(crew.threads()).all_counts()[Count::kStored]);
  }
  const RecordedSums sums = measured_sums(crew.threads());
  prefill_.seconds = seconds_since(begin);
  prefill_.keys = sums.all_counts()[Count::kStored];
  prefill_.resident = protocol_.read_stats != nullptr ? resident_share(prefill_.keys) : -1;
  observer_.prefill_ended(prefill_);
}

// Of the keys just stored; what was in the servers before counts as well. Below 0: one of them does
// not say.
double Runner::resident_share(uint64_t keys) const {
  uint64_t resident = 0;
  for (const ServerTarget& server : servers_) {
    Asker conversation = asker(server);
    const ServerStats stats = protocol_.read_stats(conversation);
    if (!stats.items) return -1;
    resident += *stats.items;
  }
  return keys == 0 ? 0 : std::min(1.0, static_cast<double>(resident) / static_cast<double>(keys));
}

RunResult Runner::run(std::optional<double> rate) {
  const std::optional<Schedule> planned = schedule(rate);
  const Schedule* plan = planned ? &*planned : nullptr;
  const std::unique_ptr<ReplayFeed> feed = make_feed();
  std::vector<ThreadPlan> plans;
  std::vector<std::unique_ptr<Source>> sources;
  for (uint32_t i = 0; i < threads(); ++i) {
    plans.push_back(run_plan(i, plan));
    const size_t most_in_flight = plans.back().connections * plans.back().pipeline;
    sources.push_back(make_source({.index = i, .count = threads()}, feed.get(), most_in_flight));
  }
  RunResult result;
  result.closed_loop = pace(plan) == Pace::kClosed || pace(plan) == Pace::kUnpaced;
  result.planned_s = plan == nullptr ? 0 : plan->seconds();
  result.prefill = prefill_;
  result.host = describe_host(servers_.front());
  result.servers = ask_servers();
  Crew crew(plans, std::move(sources), servers_, protocol_.make_connection);
  if (feed) feed->start();
  watch(crew, plan, result);
  if (feed) {
    feed->finish();
    result.passed_over = feed->passed_over();
  }
  note_threads(crew, result);
  return result;
}

std::unique_ptr<Source> Runner::make_source(Share share, ReplayFeed* feed,
                                            size_t most_in_flight) const {
  if (feed != nullptr) {
    const Keyspace& keyspace = *workload_.keyspaces().front();
    return std::make_unique<ReplaySource>(*feed, share.index, keyspace, most_in_flight);
  }
  if (!protocol_.has_keys) return std::make_unique<PingSource>();
  return std::make_unique<WorkloadSource>(workload_, share, options_.seed.get());
}

// Starts the crew and takes the time series until it has ended.
void Runner::watch(Crew& crew, const Schedule* schedule, RunResult& result) {
  const double interval_s = std::chrono::duration<double>(options_.interval.get()).count();
  double planned_s = 0;  // nobody knows
  if (has_duration()) planned_s = std::chrono::duration<double>(options_.duration.get()).count();
  if (schedule != nullptr) planned_s = schedule->seconds();
  Series series(crew.threads(), schedule);
  PhaseWatch phases(schedule, series);
  result.started_unix_ms = SystemTime().unix_ms();
  const auto begin = SteadyClock::now() + options_.warmup.get();
  crew.start();
  double next_s = interval_s;
  const auto take = [&](double at_s) {
    result.series.push_back(series.take(at_s));
    observer_.interval_ended(result.series.back(), planned_s);
  };
  for (;;) {
    const auto event = begin + to_duration(std::min(next_s, phases.next_end_s()));
    if (crew.wait_until(std::min(event, SteadyClock::now() + kWatchStep))) break;
    check_signals(crew);
    const double now_s = seconds_since(begin);
    if (now_s >= phases.next_end_s()) phases.end_one(now_s);
    if (now_s < next_s) continue;
    take(now_s);
    next_s = (std::floor(now_s / interval_s) + 1) * interval_s;
    // The end of the run ends the last interval, which no sliver shall follow.
    if (now_s < planned_s && next_s + interval_s / 2 > planned_s) next_s = planned_s + interval_s;
  }
  result.seconds = std::max(0.0, seconds_since(begin));
  take(result.seconds);
  result.phases = phases.finish(result.seconds);
}

void Runner::note_threads(const Crew& crew, RunResult& result) const {
  const RecordedSums sums = measured_sums(crew.threads());
  result.counts = sums.all_counts();
  result.latencies = sums.all_latencies();
  result.own_lag = sums.own_lag;
  result.bytes_in = sums.bytes_in;
  result.bytes_out = sums.bytes_out;
  for (size_t i = 0; i < kVerbs; ++i) {
    if (sums.counts[i][Count::kSent] == 0) continue;
    result.verbs.push_back({.name = std::string(protocol_.verb_name(static_cast<Verb>(i))),
                            .counts = sums.counts[i],
                            .latencies = sums.latencies[i]});
  }
  std::string_view gone;
  for (const auto& thread : crew.threads()) {
    result.threads.push_back(thread->use());
    result.handshakes.add(thread->handshakes());
    result.full_s = std::max(result.full_s, static_cast<double>(thread->full_ns()) * 1e-9);
    result.stalled_s = std::max(result.stalled_s, static_cast<double>(thread->stalled_ns()) * 1e-9);
    if (thread->gone_server()) gone = servers_[*thread->gone_server()].name;
  }
  judge(result, gone);
  if (gone.empty()) note_stats_after(result.servers);
}

void Runner::note_stats_after(std::vector<ServerReport>& servers) const {
  try {
    std::vector<ServerReport> after = ask_servers();
    for (size_t i = 0; i < after.size(); ++i) {
      servers[i].stats_after = std::move(after[i].stats_before);
    }
  } catch (const ServerUnreachable&) {
    // The run's figures stand without what a server would say now.
  }
}

std::vector<ServerReport> Runner::ask_servers() const {
  std::vector<ServerReport> reports;
  for (const ServerTarget& server : servers_) {
    ServerReport& report = reports.emplace_back();
    report.address = server.name;
    if (protocol_.read_stats == nullptr) continue;
    Asker conversation = asker(server);
    ServerStats stats = protocol_.read_stats(conversation);
    report.version = std::move(stats.version);
    report.stats_before = std::move(stats.stats);
  }
  return reports;
}

}  // namespace pelikan::load
