// Gate: stops one thread at a named step of the engine (storage/seg/step.h) until it is let go, so
// that a test can see what the others do meanwhile. Builds with NDEBUG have no steps.
#pragma once

#ifndef NDEBUG

#include <condition_variable>
#include <mutex>
#include <string_view>

#include "storage/seg/step.h"

namespace pelikan::test {

// Thread safety: watch() on the thread to be stopped, the rest on another. One Gate at a time.
class Gate {
 public:
  explicit Gate(std::string_view step) : step_(step) {
    open_gate() = this;
    step::hook.store(&Gate::reached, std::memory_order_release);
  }
  // REQUIRES: the watched thread has ended
  ~Gate() {
    step::hook.store(nullptr, std::memory_order_release);
    open_gate() = nullptr;
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // The calling thread stops at its next arrival at the step, once.
  static void watch() { is_watched() = true; }
  [[nodiscard]] static bool was_stopped() { return !is_watched(); }

  void wait_until_stopped() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_stopped_; });
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    may_go_ = true;
    changed_.notify_all();
  }

 private:
  static bool& is_watched() {
    thread_local bool watched = false;
    return watched;
  }
  static Gate*& open_gate() {
    static Gate* gate = nullptr;
    return gate;
  }
  static void reached(const char* step) {
    if (is_watched() && open_gate()->step_ == step) open_gate()->stop();
  }
  void stop() {
    is_watched() = false;
    std::unique_lock lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return may_go_; });
  }

  const std::string_view step_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopped_ = false;
  bool may_go_ = false;
};

}  // namespace pelikan::test

#endif
