// Runner: one command's runs: the threads' lives, the prefill, and the result put together.
//
// Thread safety: one thread; it starts the others.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/signals.h"
#include "load/engine/crew.h"
#include "load/engine/protocols.h"
#include "load/engine/replay_feed.h"
#include "load/engine/result.h"
#include "load/engine/servers.h"
#include "load/engine/tls_client.h"
#include "load/options.h"
#include "load/trace/trace_options.h"
#include "load/workload/schedule.h"
#include "load/workload/workload.h"

namespace pelikan::load {

// Told while a run goes on, from the runner's thread.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  // An interval has ended; `seconds` is what the run is planned to take, 0 when nobody knows.
  virtual void interval_ended(const Interval& interval, double seconds) = 0;
  virtual void prefill_progressed(uint64_t stored) = 0;
  virtual void prefill_ended(const PrefillResult& prefill) = 0;
};

class Runner {
 public:
  // Contacts nobody. Throws SetupError when an option is wrong. REQUIRES: all outlive the runner
  Runner(const LoadOptions& options, const TlsClientOptions& tls, const TraceOptions& trace,
         const KeyspaceGroups& keyspaces, Signals& signals, RunObserver& observer);

  // Looks whether the servers are there; throws ServerUnreachable, as the rest does.
  void connect() const;
  // As the options say; nothing when they ask for none.
  void prefill();
  // A run as the options say, or at this rate.
  [[nodiscard]] RunResult run(std::optional<double> rate = std::nullopt);
  // A signal asked to end.
  [[nodiscard]] bool is_interrupted() const noexcept { return is_interrupted_; }

 private:
  [[nodiscard]] std::optional<KetamaRing> make_ring() const;
  [[nodiscard]] Greeting make_greeting() const;
  void check_mixes() const;
  [[nodiscard]] Asker asker(const ServerTarget& server) const;
  [[nodiscard]] std::optional<Schedule> schedule(std::optional<double> rate) const;
  [[nodiscard]] ThreadPlan common_plan(uint32_t thread) const;
  [[nodiscard]] ThreadPlan run_plan(uint32_t thread, const Schedule* schedule) const;
  [[nodiscard]] Pace pace(const Schedule* schedule) const;
  [[nodiscard]] std::unique_ptr<ReplayFeed> make_feed() const;
  [[nodiscard]] bool is_replay() const { return !trace_.trace.get().empty(); }
  [[nodiscard]] ArrivalKind arrival() const;
  [[nodiscard]] bool has_duration() const;
  [[nodiscard]] ThreadPlan prefill_plan(uint32_t thread) const;
  [[nodiscard]] std::unique_ptr<Source> make_source(Share share, ReplayFeed* feed,
                                                    size_t most_in_flight) const;
  [[nodiscard]] uint32_t threads() const noexcept;
  void watch(Crew& crew, const Schedule* schedule, RunResult& result);
  void check_signals(Crew& crew) noexcept;
  void note_threads(const Crew& crew, RunResult& result) const;
  [[nodiscard]] std::vector<ServerReport> ask_servers() const;
  void note_stats_after(std::vector<ServerReport>& servers) const;
  [[nodiscard]] double resident_share(uint64_t keys) const;

  const LoadOptions& options_;
  const TraceOptions& trace_;
  const ProtocolSpec& protocol_;
  const std::vector<ServerTarget> servers_;
  const OwnEnd own_end_;
  std::optional<TlsClient> tls_;  // none: nothing is sealed
  const Workload workload_;
  const std::optional<KetamaRing> ring_;
  const Greeting greeting_;
  Signals& signals_;
  RunObserver& observer_;
  bool is_interrupted_ = false;
  PrefillResult prefill_;
};

}  // namespace pelikan::load
