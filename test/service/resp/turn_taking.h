// TurnTaking: while one lives, threads let others have their turn at the engine's steps
// (storage/seg/step.h), so that few processors show as much as many. Nothing in builds without
// steps.
#pragma once

#include <functional>
#include <random>
#include <thread>

#include "storage/seg/step.h"

namespace pelikan::test {

// REQUIRES: no thread is in a store when it begins, or ends
class TurnTaking {
 public:
#ifdef NDEBUG
  TurnTaking() {}  // not trivial: it is used, then
#else
  TurnTaking() { step::hook.store(take_turns, std::memory_order_release); }
  ~TurnTaking() { step::hook.store(nullptr, std::memory_order_release); }
#endif
  TurnTaking(const TurnTaking&) = delete;
  TurnTaking& operator=(const TurnTaking&) = delete;

#ifndef NDEBUG
 private:
  static void take_turns(const char* /*step*/) {
    thread_local std::minstd_rand random(
        static_cast<unsigned>(std::hash<std::thread::id>{}(std::this_thread::get_id())));
    if (random() % 4 == 0) std::this_thread::yield();
  }
#endif
};

}  // namespace pelikan::test
