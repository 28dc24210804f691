// RespControl: what the commands that touch no key need of the server around the store.
#pragma once

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
        password_(options.requirepass.get()) {}

  [[nodiscard]] const ServerContext& context() const noexcept { return context_; }
  [[nodiscard]] bool needs_password() const noexcept { return !password_.empty(); }
  [[nodiscard]] std::string_view password() const noexcept { return password_; }
  [[nodiscard]] uint64_t gather_max() const noexcept { return gather_max_; }

 private:
  const ServerContext& context_;
  uint64_t gather_max_;
  std::string password_;
};

}  // namespace pelikan
