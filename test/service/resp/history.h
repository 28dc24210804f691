// What clients saw who worked on one key at the same time, and whether it can be explained: whether
// the commands can have been executed one after the other, each at a moment between its sending and
// its reply, and each client's in the order in which they were sent (linearizability; the search is
// Wing's and Gong's, which remembers what it has tried).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "key_model.h"

namespace pelikan::test {

// Moments are numbers that grow.
struct Event {
  KeyCommand command;
  std::string reply;
  uint64_t sent = 0;
  uint64_t answered = 0;
};

// By client, in the order of sending.
using History = std::vector<std::vector<Event>>;

class Explanation {
 public:
  explicit Explanation(const History& history) : history_(history), done_(history.size()) {}

  // The key was missing before.
  [[nodiscard]] bool exists() { return search({}); }

 private:
  bool search(const KeyState& state) {
    if (!tried_.insert(place(state)).second) return false;
    const uint64_t first_answer = earliest_answer();
    if (first_answer == UINT64_MAX) return true;
    for (size_t client = 0; client < history_.size(); ++client) {
      if (done_[client] == history_[client].size()) continue;
      const Event& event = history_[client][done_[client]];
      if (event.sent > first_answer) continue;  // another was over by then
      KeyState after = state;
      if (KeyModel::answer(after, event.command) != event.reply) continue;
      ++done_[client];
      if (search(after)) return true;
      --done_[client];
    }
    return false;
  }

  // Of what is not executed yet.
  [[nodiscard]] uint64_t earliest_answer() const {
    uint64_t earliest = UINT64_MAX;
    for (size_t client = 0; client < history_.size(); ++client) {
      if (done_[client] == history_[client].size()) continue;
      earliest = std::min(earliest, history_[client][done_[client]].answered);
    }
    return earliest;
  }

  [[nodiscard]] std::string place(const KeyState& state) const {
    std::string text;
    for (const size_t done : done_) text += std::to_string(done) + " ";
    text += std::to_string(state.lifetime_ms);
    return state.value ? text + "=" + *state.value : text;
  }

  const History& history_;
  std::vector<size_t> done_;  // of each client's events
  std::unordered_set<std::string> tried_;
};

[[nodiscard]] inline bool is_linearizable(const History& history) {
  return Explanation(history).exists();
}

// For a report.
[[nodiscard]] inline std::string shown(const History& history) {
  std::string text;
  for (size_t client = 0; client < history.size(); ++client) {
    for (const Event& event : history[client]) {
      text += "client " + std::to_string(client) + " [" + std::to_string(event.sent) + "," +
              std::to_string(event.answered) + "]";
      for (const std::string& word : event.command) text += " " + word;
      text += " -> " + event.reply;
    }
  }
  return text;
}

}  // namespace pelikan::test
