#include "service/resp/control.h"

#include "option/option_set.h"

namespace pelikan {
namespace {

// Other machines are let in only if somebody asks who they are (core/exposure.h).
bool is_protected(const OptionSet& options) {
  const OptionBase* option = options.find("allow_unauthenticated");
  return option == nullptr || option->current_text() != "yes";
}

}  // namespace

RespControl::RespControl(const RespOptions& options, const ServerContext& context)
    : context_(context),
      gather_max_(options.gather_max.get().value),
      must_keep_password_(!options.requirepass.get().empty() && is_protected(context.options)),
      clients_(context.connections, context.time),
      password_(options.requirepass.get()),
      secret_(password_),
      counted_ms_(context.start_boot_ms),
      needs_password_(!password_.empty()) {
  tick();
}

void RespControl::tick() noexcept {
  const TimeSource& time = context_.time;
  const int64_t offset_ms = time.unix_ms() - time.boot_ms();
  const int64_t off_by_ms = offset_ms - wall_offset_ms();
  if (off_by_ms > kMostOffMs || off_by_ms < -kMostOffMs) {
    wall_offset_ms_.store(offset_ms, std::memory_order_relaxed);
  }
}

bool RespControl::is_password(std::string_view said) const {
  const Secret guess(said);
  const std::lock_guard lock(mutex_);
  return guess == secret_;
}

std::string RespControl::password() const {
  const std::lock_guard lock(mutex_);
  return password_;
}

void RespControl::set_password(std::string_view password) {
  const Secret secret(password);
  const std::lock_guard lock(mutex_);
  password_ = password;
  secret_ = secret;
  needs_password_.store(!password.empty(), std::memory_order_relaxed);
}

int64_t RespControl::commands_per_second(int64_t total) noexcept {
  constexpr int64_t kLeastMs = 100;
  const int64_t now_ms = context_.time.boot_ms();
  const std::lock_guard lock(mutex_);
  const int64_t elapsed_ms = now_ms - counted_ms_;
  if (elapsed_ms < kLeastMs) return per_second_;
  // Below zero: counting began anew (CONFIG RESETSTAT).
  const int64_t commands = total < counted_ ? total : total - counted_;
  per_second_ = commands * 1000 / elapsed_ms;
  counted_ms_ = now_ms;
  counted_ = total;
  return per_second_;
}

}  // namespace pelikan
