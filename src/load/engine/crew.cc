#include "load/engine/crew.h"

#include <utility>

#include "base/assertion.h"

namespace pelikan::load {

Crew::Crew(const std::vector<ThreadPlan>& plans, std::vector<std::unique_ptr<Source>> sources,
           const std::vector<ServerTarget>& servers, MakeConnection make_connection)
    : sources_(std::move(sources)) {
  CHECK(plans.size() == sources_.size());
  for (size_t i = 0; i < plans.size(); ++i) {
    threads_.push_back(
        std::make_unique<LoadThread>(plans[i], servers, *sources_[i], make_connection));
  }
}

Crew::~Crew() { stop(); }

void Crew::start() {
  working_ = threads_.size();
  for (const auto& thread : threads_) {
    running_.emplace_back([this, &work = *thread] {
      work.run();
      const std::lock_guard lock(mutex_);
      working_ -= 1;
      ended_.notify_one();
    });
  }
}

bool Crew::wait_until(Time time) {
  std::unique_lock lock(mutex_);
  return ended_.wait_until(lock, time, [this] { return working_ == 0; });
}

void Crew::stop() noexcept {
  for (const auto& thread : threads_) thread->stop();
}

}  // namespace pelikan::load
