// Signals: what an operator tells the process. They are blocked in every thread and taken by the
// control plane between two rounds of its loop, so no code runs inside a signal handler.
#pragma once

#include <csignal>
#include <cstdint>
#include <optional>

namespace pelikan {

enum class Signal : uint8_t {
  kStop,        // SIGTERM, SIGINT
  kReopenLogs,  // SIGHUP
  kDumpStats,   // SIGUSR1
};

class Signals {
 public:
  // Blocks them in the calling thread and those it starts, and ignores SIGPIPE.
  // REQUIRES: called before other threads run, and once at a time
  Signals() noexcept;
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();  // everything as it was; those that have come are forgotten

  // The next one that came; never waits. Equal ones that came close together are one.
  [[nodiscard]] std::optional<Signal> next() noexcept;

 private:
  sigset_t ours_;
  sigset_t mask_before_;
  struct sigaction pipe_before_;
};

}  // namespace pelikan
