// Several workers of one service, each with a connection of its own, send random commands on the
// same two keys, in pipelines and at the same time. What each key's clients saw must have an
// explanation (history.h). The clock stands still, memory suffices: no key is lost. In builds that
// have the engine's steps (storage/seg/step.h) workers take turns there, so that few processors
// show as much as many; in others only what the processors run at the same time is seen, which on
// a busy machine may be nothing.
#include <array>
#include <atomic>
#include <barrier>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "../golden_resp.h"
#include "history.h"
#include "turn_taking.h"
#include "worker_rig.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

#if defined(PELIKAN_SANITIZE)
constexpr int kRounds = 300;
#else
constexpr int kRounds = 600;
#endif
constexpr size_t kPipelines = 3;    // of one worker in a round
constexpr size_t kPerPipeline = 5;  // commands
constexpr std::array<std::string_view, 2> kKeys{"a", "b"};

KeyCommand random_command(std::mt19937& random) {
  const auto digit = [&random] { return std::to_string(1 + random() % 9); };
  const std::string ms = std::to_string(1'000 + random() % 5 * 111);
  switch (random() % 22) {
    case 0:
      return {"SET", digit()};
    case 1:
      return {"SET", digit(), "PX", ms};
    case 2:
    case 3:
      return {"SET", digit(), "KEEPTTL"};
    case 4:
      return {"SET", digit(), "NX"};
    case 5:
      return {"SET", digit(), "GET"};
    case 6:
      return {"SETNX", digit()};
    case 7:
      return {"GETSET", digit()};
    case 8:
    case 9:
      return {"APPEND", digit()};
    case 10:
    case 11:
    case 12:
      return {"INCRBY", digit()};
    case 13:
      return {"SETRANGE", std::to_string(random() % 4), digit()};
    case 14:
      return {"GETDEL"};
    case 15:
      return {"DEL"};
    case 16:
      return {"PEXPIRE", ms};
    case 17:
      return {"PEXPIRE", ms, random() % 2 == 0 ? "NX" : "GT"};
    case 18:
      return {"PERSIST"};
    case 19:
      return random() % 2 == 0 ? KeyCommand{"GETEX", "PERSIST"} : KeyCommand{"GETEX", "PX", ms};
    case 20:
      return {"PTTL"};
    default:
      return {"GET"};
  }
}

// The first reply, taken off the front.
std::string take_reply(std::string& replies) {
  size_t end = replies.find("\r\n") + 2;
  if (replies[0] == '$' && replies[1] != '-') end += std::stoul(replies.substr(1)) + 2;
  std::string first = replies.substr(0, end);
  replies.erase(0, end);
  return first;
}

class World {
 public:
  explicit World(size_t workers) : rig_(workers), histories_(kKeys.size(), History(workers)) {}

  void run() {
    const auto judge = [this]() noexcept { judge_round(); };
    std::barrier round(static_cast<std::ptrdiff_t>(rig_.size()), judge);
    std::vector<std::thread> threads;
    for (size_t worker = 0; worker < rig_.size(); ++worker) {
      threads.emplace_back([this, worker, &round] {
        std::mt19937 random(static_cast<unsigned>(worker + 1));
        for (int i = 0; i < kRounds && flaw_.empty(); ++i) {
          for (size_t n = 0; n < kPipelines; ++n) send_pipeline(worker, random);
          round.arrive_and_wait();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  [[nodiscard]] const std::string& flaw() const { return flaw_; }
  [[nodiscard]] size_t shared_moments() const { return shared_moments_; }
  void check_invariants() { rig_.store().check_invariants(); }

 private:
  // relaxed: a moment orders nothing for the threads, or what they do wrong would be hidden from
  // ThreadSanitizer. The call between two of them is not moved across.
  uint64_t next_moment() { return moment_.fetch_add(1, std::memory_order_relaxed); }

  void send_pipeline(size_t worker, std::mt19937& random) {
    std::string bytes;
    std::vector<std::pair<size_t, Event>> pipeline;
    for (size_t i = 0; i < kPerPipeline; ++i) {
      const size_t key = random() % kKeys.size();
      Event event{.command = random_command(random), .reply = {}};
      std::string words = event.command[0] + " " + std::string(kKeys[key]);
      for (size_t word = 1; word < event.command.size(); ++word) words += " " + event.command[word];
      bytes += golden_request(words);
      pipeline.emplace_back(key, std::move(event));
    }
    const uint64_t sent = next_moment();
    std::string replies = rig_.connection(worker).send(bytes);
    const uint64_t answered = next_moment();
    for (auto& [key, event] : pipeline) {
      event.reply = take_reply(replies);
      event.sent = sent;
      event.answered = answered;
      histories_[key][worker].push_back(std::move(event));
    }
  }

  // By one thread, while the others wait.
  void judge_round() {
    for (size_t key = 0; key < kKeys.size(); ++key) {
      count_shared_moments(histories_[key]);
      if (flaw_.empty() && !is_linearizable(histories_[key])) flaw_ = shown(histories_[key]);
      for (auto& events : histories_[key]) events.clear();
      (void)rig_.connection(0).send(golden_request("DEL " + std::string(kKeys[key])));
    }
  }

  // Commands of two workers that were under way at once: without such the test shows nothing.
  void count_shared_moments(const History& history) {
    for (const Event& one : history[0]) {
      for (const Event& other : history[1]) {
        if (one.sent < other.answered && other.sent < one.answered) ++shared_moments_;
      }
    }
  }

  WorkerRig rig_;
  std::vector<History> histories_;  // by key
  std::atomic<uint64_t> moment_{1};
  std::string flaw_;
  size_t shared_moments_ = 0;
};

void check_workers(size_t workers) {
  World world(workers);
  {
    const TurnTaking turns;
    world.run();
  }
#ifndef NDEBUG
  ck_assert_uint_gt(world.shared_moments(), 100);
#endif
  ck_assert_msg(world.flaw().empty(), "no order explains:\n%s", world.flaw().c_str());
  world.check_invariants();
}

START_TEST(what_two_workers_answer_has_an_explanation) { check_workers(2); }
END_TEST

START_TEST(what_four_workers_answer_has_an_explanation) { check_workers(4); }
END_TEST

// ---- the search itself

Event event(KeyCommand command, std::string reply, uint64_t sent, uint64_t answered) {
  return {std::move(command), std::move(reply), sent, answered};
}

START_TEST(one_order_is_enough) {
  ck_assert(is_linearizable(
      {{event({"INCRBY", "1"}, ":2\r\n", 1, 4)}, {event({"INCRBY", "1"}, ":1\r\n", 2, 3)}}));
  ck_assert(
      is_linearizable({{event({"SET", "7"}, "+OK\r\n", 1, 6)},
                       {event({"GET"}, "$-1\r\n", 2, 3), event({"GET"}, "$1\r\n7\r\n", 4, 5)}}));
}
END_TEST

START_TEST(a_lost_update_has_no_explanation) {
  ck_assert(!is_linearizable(
      {{event({"INCRBY", "1"}, ":1\r\n", 1, 4)}, {event({"INCRBY", "1"}, ":1\r\n", 2, 3)}}));
}
END_TEST

START_TEST(what_was_answered_before_comes_before) {
  ck_assert(!is_linearizable(
      {{event({"SET", "7"}, "+OK\r\n", 1, 2)}, {event({"GET"}, "$-1\r\n", 3, 4)}}));
  ck_assert(
      !is_linearizable({{event({"SET", "7"}, "+OK\r\n", 1, 6)},
                        {event({"GET"}, "$1\r\n7\r\n", 2, 3), event({"GET"}, "$-1\r\n", 4, 5)}}));
}
END_TEST

START_TEST(a_clients_commands_keep_their_order) {
  ck_assert(!is_linearizable(
      {{event({"GET"}, "$1\r\n7\r\n", 1, 2), event({"SET", "7"}, "+OK\r\n", 1, 2)}}));
}
END_TEST

}  // namespace

PELIKAN_TESTS("service/resp/linearizability", one_order_is_enough, a_lost_update_has_no_explanation,
              what_was_answered_before_comes_before, a_clients_commands_keep_their_order,
              what_two_workers_answer_has_an_explanation,
              what_four_workers_answer_has_an_explanation)
