#include "core/admin_commands.h"

#include <fmt/format.h>

#include "base/assertion.h"
#include "base/bytes.h"
#include "base/escape.h"
#include "metric/listing.h"
#include "metric/registry.h"
#include "option/option_set.h"
#include "protocol/admin/compose.h"

namespace pelikan {
namespace {

constexpr size_t kReasonMax = 500;

}  // namespace

std::string AdminCommands::answer(const admin::Request& request) {
  switch (request.command) {
    case admin::Command::kStats:
      return stats(request.argument);
    case admin::Command::kVerbosity:
      return verbosity(request.argument);
    case admin::Command::kVersion: {
      std::string out;
      admin::append_version(out, context_.version);
      return out;
    }
    case admin::Command::kShutdown:
      context_.stop();
      return std::string(admin::kOk);
    case admin::Command::kReload:
      return reload();
    case admin::Command::kQuit:
      CHECK(false);
    case admin::Command::kUnknown:
      break;
  }
  return std::string(admin::kError);
}

std::string AdminCommands::stats(std::string_view sub) {
  if (std::optional<std::string> text = service_.stats(sub)) return *std::move(text);
  if (sub.empty()) return metrics();
  if (sub == "settings") return settings();
  if (sub == "conns") return connections();
  if (sub == "reset") {
    context_.metrics.reset();
    return std::string(admin::kReset);
  }
  return std::string(admin::kError);
}

std::string AdminCommands::metrics() {
  std::string out;
  for (const MetricNumber& number : flat_numbers(context_.metrics.read_since_reset())) {
    admin::append_stat(out, number.name, number.value);
  }
  out += admin::kEnd;
  return out;
}

std::string AdminCommands::settings() const {
  std::string out;
  for (const OptionBase* option : context_.options.options()) {
    admin::append_stat(out, option->name(), option->current_text());
  }
  out += admin::kEnd;
  return out;
}

std::string AdminCommands::connections() const {
  std::string out;
  for (const ConnectionRow& row : context_.connections.rows()) {
    const std::string fd = std::to_string(row.fd);
    admin::append_stat(out, fd + ":addr", row.peer);
    if (!row.local.empty()) admin::append_stat(out, fd + ":listen_addr", row.local);
    admin::append_stat(out, fd + ":state", row.state);
    admin::append_stat(out, fd + ":secs_since_last_cmd", row.idle_ms / 1000);
  }
  out += admin::kEnd;
  return out;
}

std::string AdminCommands::reload() {
  const std::string why = reload_();
  return why.empty() ? std::string(admin::kOk)
                     : fmt::format("SERVER_ERROR {}\r\n", escaped(why, kReasonMax));
}

std::string AdminCommands::verbosity(std::string_view level) const {
  const std::optional<uint64_t> number = parse_u64(level);
  if (!number) return std::string(admin::kError);
  context_.set_verbosity(*number);
  return std::string(admin::kOk);
}

}  // namespace pelikan
