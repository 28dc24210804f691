// Explorer: plays every interleaving of a few small threads and reports the first one that breaks a
// rule.
//
// A model is a State (plain bytes), threads (tables of named atomic steps), an invariant that must
// hold after every step and a verdict that must hold when all threads are done. A depth-first
// search visits each reachable state once. It also finds deadlocks: a thread that is not done, and
// none that can go on. What it returns on failure is the interleaving itself, one "thread: step"
// per line.
//
// Steps are sequentially consistent; weak_memory.h adds store buffers where a rule is about memory
// order.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <vector>

#include "base/assertion.h"

namespace pelikan::model {

// What a step answers: where its thread goes from here.
struct Next {
  enum class Kind : uint8_t { kFollowing, kBlocked, kLabel, kDone } kind;
  std::string_view label{};
};
inline constexpr Next kFollowing{Next::Kind::kFollowing};
inline constexpr Next kBlocked{
    Next::Kind::kBlocked};  // cannot go on now; the state was left as it is
inline constexpr Next kDone{Next::Kind::kDone};
constexpr Next go_to(std::string_view step) { return {Next::Kind::kLabel, step}; }

template <class State>
struct Step {
  std::string_view name;
  std::function<Next(State&)> run;
};

template <class State>
struct Thread {
  std::string_view name;
  std::vector<Step<State>> steps;
  bool is_daemon = false;  // works while others do; the end does not wait for it
};

template <class State>
struct Model {
  State start{};
  std::vector<Thread<State>> threads;
  // Each returns what is wrong, or nullptr.
  std::function<const char*(const State&)> invariant = [](const State&) { return nullptr; };
  std::function<const char*(const State&)> verdict = [](const State&) { return nullptr; };
};

struct Outcome {
  std::string flaw;   // empty: every interleaving keeps the rules
  std::string trace;  // the interleaving that led to the flaw
  size_t states = 0;
  size_t ends = 0;  // states in which all threads were done
};

template <class State>
class Explorer {
  static_assert(std::has_unique_object_representations_v<State>, "states are compared as bytes");

 public:
  // Stops at the first flaw, or at the first that reads as `wanted`.
  Explorer(const Model<State>& model, std::string_view wanted) : model_(model), wanted_(wanted) {
    CHECK(model.threads.size() <= kMaxThreads);
  }

  Outcome run() {
    push(Node{model_.start, {}}, 0);
    while (!stack_.empty() && outcome_.flaw.empty()) {
      if (stack_.back().next_thread < model_.threads.size()) {
        try_thread(stack_.back().next_thread++);
      } else {
        leave();
      }
    }
    return outcome_;
  }

 private:
  static constexpr size_t kMaxThreads = 8;
  static constexpr size_t kMaxStates = 8'000'000;

  struct Node {
    State state;
    std::array<uint8_t, kMaxThreads> at;  // each thread's next step; steps.size() when done
  };
  struct Frame {
    Node node;
    size_t by_thread;  // whose step led here
    size_t next_thread = 0;
    bool moved = false;
  };

  [[nodiscard]] bool is_done(const Node& node, size_t thread) const {
    return node.at[thread] == model_.threads[thread].steps.size();
  }

  void push(const Node& node, size_t by_thread) {
    std::string key(sizeof(State) + kMaxThreads, '\0');
    std::memcpy(key.data(), &node.state, sizeof(State));
    std::memcpy(key.data() + sizeof(State), node.at.data(), kMaxThreads);
    if (!visited_.insert(std::move(key)).second) return;
    CHECK(++outcome_.states <= kMaxStates);
    stack_.push_back(Frame{node, by_thread});
    if (const char* flaw = model_.invariant(node.state)) report(flaw);
  }

  void try_thread(size_t thread) {
    Node node = stack_.back().node;
    if (is_done(node, thread)) return;
    const auto& steps = model_.threads[thread].steps;
    const Next next = steps[node.at[thread]].run(node.state);
    switch (next.kind) {
      case Next::Kind::kBlocked:
        CHECK(std::memcmp(&node.state, &stack_.back().node.state, sizeof(State)) == 0);
        return;
      case Next::Kind::kFollowing:
        ++node.at[thread];
        break;
      case Next::Kind::kDone:
        node.at[thread] = static_cast<uint8_t>(steps.size());
        break;
      case Next::Kind::kLabel:
        node.at[thread] = find(steps, next.label);
        break;
    }
    stack_.back().moved = true;
    push(node, thread);
  }

  static uint8_t find(const std::vector<Step<State>>& steps, std::string_view name) {
    for (size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].name == name) return static_cast<uint8_t>(i);
    }
    CHECK(!"a step of that name");
    return 0;
  }

  // All threads of the topmost state were tried.
  void leave() {
    const Frame& top = stack_.back();
    bool all_done = true;
    for (size_t t = 0; t < model_.threads.size(); ++t) {
      all_done = all_done && (is_done(top.node, t) || model_.threads[t].is_daemon);
    }
    if (!top.moved) end(all_done, top.node.state);
    stack_.pop_back();
  }

  void end(bool all_done, const State& state) {
    if (!all_done) return report("deadlock");
    ++outcome_.ends;
    if (const char* flaw = model_.verdict(state)) report(flaw);
  }

  void report(std::string_view flaw) {
    if (!outcome_.flaw.empty() || (!wanted_.empty() && flaw != wanted_)) return;
    outcome_.flaw = flaw;
    for (size_t i = 1; i < stack_.size(); ++i) {
      const size_t thread = stack_[i].by_thread;
      const size_t step = stack_[i - 1].node.at[thread];
      outcome_.trace += std::string(model_.threads[thread].name) + ": " +
                        std::string(model_.threads[thread].steps[step].name) + "\n";
    }
  }

  const Model<State>& model_;
  const std::string_view wanted_;
  std::unordered_set<std::string> visited_;
  std::vector<Frame> stack_;
  Outcome outcome_;
};

template <class State>
Outcome explore(const Model<State>& model, std::string_view wanted = {}) {
  return Explorer<State>(model, wanted).run();
}

}  // namespace pelikan::model
