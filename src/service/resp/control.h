// RespControl: what the commands that touch no key need of the server around the store.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/service.h"
#include "option/option.h"

namespace pelikan {

struct RespOptions : OptionGroup {
  Option<std::string> requirepass{this, "requirepass", "",
                                  "password that clients must tell (AUTH); empty: none is needed"};
  Option<Bytes> gather_max{this,
                           "resp_gather_max",
                           {64 * kMiB},
                           "of one worker: memory for requests longer than 64KiB while they arrive",
                           {kMiB, kTiB}};
};

// Shared by all workers. Thread safety: all methods from any thread.
class RespControl {
 public:
  // REQUIRES: context outlives it
  RespControl(const RespOptions& options, const ServerContext& context)
      : context_(context),
        gather_max_(options.gather_max.get().value),
        password_(options.requirepass.get()) {
    tick();
  }

  [[nodiscard]] const ServerContext& context() const noexcept { return context_; }
  [[nodiscard]] bool needs_password() const noexcept { return !password_.empty(); }
  [[nodiscard]] std::string_view password() const noexcept { return password_; }
  [[nodiscard]] uint64_t gather_max() const noexcept { return gather_max_; }
  // What the wall clock is ahead of the boot clock. One number for all workers, so that EXPIREAT
  // and EXPIRETIME agree although the clocks are never read at the same moment.
  [[nodiscard]] int64_t wall_offset_ms() const noexcept {
    return wall_offset_ms_.load(std::memory_order_relaxed);
  }

  // On the control plane, some times a second: follows the wall clock.
  void tick() noexcept {
    const TimeSource& time = context_.time;
    const int64_t offset_ms = time.unix_ms() - time.boot_ms();
    const int64_t off_by_ms = offset_ms - wall_offset_ms();
    if (off_by_ms > kMostOffMs || off_by_ms < -kMostOffMs) {
      wall_offset_ms_.store(offset_ms, std::memory_order_relaxed);
    }
  }

 private:
  // Less than this is how the clocks are read, more is a clock that was set.
  static constexpr int64_t kMostOffMs = 5;

  const ServerContext& context_;
  uint64_t gather_max_;
  std::string password_;
  // Written by the control plane, read by workers; relaxed: it orders nothing.
  std::atomic<int64_t> wall_offset_ms_{0};
};

}  // namespace pelikan
