// RespControl: what the commands that touch no key need of the server around the store.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "core/service.h"
#include "option/option.h"
#include "option/secret_option.h"
#include "service/resp/clients.h"
#include "service/resp/hold.h"
#include "service/resp/key_locks.h"
#include "service/resp/scripts.h"

namespace pelikan {

struct RespOptions : OptionGroup {
  SecretOption requirepass{this, "requirepass",
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
  RespControl(const RespOptions& options, const ServerContext& context);

  [[nodiscard]] const ServerContext& context() const noexcept { return context_; }
  [[nodiscard]] uint64_t gather_max() const noexcept { return gather_max_; }

  // What the wall clock is ahead of the boot clock. One number for all workers, so that EXPIREAT
  // and EXPIRETIME agree although the clocks are never read at the same moment.
  [[nodiscard]] int64_t wall_offset_ms() const noexcept {
    return wall_offset_ms_.load(std::memory_order_relaxed);
  }

  // On the control plane, some times a second: follows the wall clock.
  void tick() noexcept;
  [[nodiscard]] RespClients& clients() noexcept { return clients_; }
  [[nodiscard]] RespHold& hold() noexcept { return hold_; }
  [[nodiscard]] RespScripts& scripts() noexcept { return scripts_; }
  [[nodiscard]] RespKeyLocks& key_locks() noexcept { return key_locks_; }

  [[nodiscard]] bool needs_password() const noexcept {
    // relaxed: a client that connects while the password is set may be asked or not.
    return needs_password_.load(std::memory_order_relaxed);
  }
  // Takes as long whatever the password is. Throws std::bad_alloc.
  [[nodiscard]] bool is_password(std::string_view said) const;
  [[nodiscard]] std::string password() const;
  void set_password(std::string_view password);
  // The server may listen where others reach it because it asks for a password: so it goes on
  // asking.
  [[nodiscard]] bool must_keep_password() const noexcept { return must_keep_password_; }

  // Commands per second since the last call but for a moment; `total` is how many there were by
  // now.
  [[nodiscard]] int64_t commands_per_second(int64_t total) noexcept;

 private:
  // Less than this is how the clocks are read, more is a clock that was set.
  static constexpr int64_t kMostOffMs = 5;

  const ServerContext& context_;
  const uint64_t gather_max_;
  const bool must_keep_password_;
  RespClients clients_;
  RespHold hold_;
  RespScripts scripts_;
  RespKeyLocks key_locks_;
  mutable std::mutex mutex_;  // guards what follows
  std::string password_;      // for CONFIG GET
  Secret secret_;
  int64_t counted_ms_ = 0;
  int64_t counted_ = 0;
  int64_t per_second_ = 0;
  std::atomic<bool> needs_password_;
  // Written by the control plane, read by workers; relaxed: it orders nothing.
  std::atomic<int64_t> wall_offset_ms_{0};
};

}  // namespace pelikan
