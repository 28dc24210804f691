// Wakeup: how a writer calls the maintenance thread before its next round is due.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace pelikan {

class Wakeup {
 public:
  // From any thread, outside an epoch: it may be a system call.
  void notify() noexcept {
    {
      const std::lock_guard lock(mutex_);
      if (called_) return;
      called_ = true;
    }
    changed_.notify_one();
  }
  // Until somebody calls, at most `period`.
  void wait(std::chrono::milliseconds period) noexcept {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, period, [this] { return called_; });
    called_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool called_ = false;
};

}  // namespace pelikan
