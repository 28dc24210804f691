// WorkerClient: one worker's only client in a stress of several. It judges every element that it is
// shown (mark.h); the first flaw that anybody finds ends the stress.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "../golden_resp.h"
#include "mark.h"
#include "replies.h"
#include "worker_rig.h"

namespace pelikan::test {

using Words = std::vector<std::string>;

// All clients'.
class Flaws {
 public:
  [[nodiscard]] bool any() const { return any_.load(std::memory_order_relaxed); }
  void note(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (first_.empty()) first_ = text;
    any_.store(true, std::memory_order_relaxed);
  }
  // REQUIRES: the clients' threads are over
  [[nodiscard]] const std::string& first() const { return first_; }

 private:
  std::mutex mutex_;
  std::string first_;
  std::atomic<bool> any_{false};  // relaxed: a client may see it late
};

class WorkerClient {
 public:
  WorkerClient(WorkerRig& rig, Flaws& flaws, size_t worker)
      : rig_(rig), flaws_(flaws), worker_(worker), random_(static_cast<unsigned>(worker + 1)) {}

  [[nodiscard]] size_t worker() const { return worker_; }
  [[nodiscard]] uint64_t random(uint64_t below) { return random_() % below; }

  Reply ask(const Words& words) {
    std::string request = "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string& word : words) request += golden_bulk(word);
    return read_reply(rig_.connection(worker_).send(request));
  }

  // A new element of one's own.
  [[nodiscard]] std::string make(char family) { return marked({family, worker_, ++made_}); }
  [[nodiscard]] uint64_t made() const { return made_; }

  // What an element says; an empty mark and a flaw, if it is none of that family.
  Mark judge(char family, const std::string& text, const Words& asked) {
    const auto mark = read_mark(text);
    if (mark && mark->family == family) return *mark;
    note("a foreign or torn element: " + text, asked);
    return {};
  }
  void note(const std::string& what, const Words& asked) {
    std::string text = what + ", worker " + std::to_string(worker_) + ":";
    for (size_t i = 0; i < asked.size() && i < 8; ++i) text += " " + asked[i];
    flaws_.note(text);
  }

 private:
  WorkerRig& rig_;
  Flaws& flaws_;
  const size_t worker_;
  std::mt19937 random_;
  uint64_t made_ = 0;
};

}  // namespace pelikan::test
