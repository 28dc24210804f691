// Crew: the threads of one run, from their start to their end.
//
// Thread safety: one thread, which is none of the crew's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "load/engine/load_thread.h"
#include "load/engine/series.h"

namespace pelikan::load {

class Crew {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // One thread for each plan, with its source. REQUIRES: servers outlive the crew
  Crew(const std::vector<ThreadPlan>& plans, std::vector<std::unique_ptr<Source>> sources,
       const std::vector<ServerTarget>& servers, MakeConnection make_connection);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew();  // stops those that still work, and waits for them

  void start();
  // True when all have ended.
  [[nodiscard]] bool wait_until(Time time);
  void stop() noexcept;
  [[nodiscard]] const LoadThreads& threads() const noexcept { return threads_; }

 private:
  std::vector<std::unique_ptr<Source>> sources_;
  LoadThreads threads_;
  std::mutex mutex_;
  std::condition_variable ended_;
  size_t working_ = 0;                 // under mutex_
  std::vector<std::jthread> running_;  // joined first of all
};

}  // namespace pelikan::load
