#include "service/resp/config_table.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

#include "log/log.h"
#include "option/option_set.h"
#include "service/resp/control.h"
#include "service/resp/words.h"

namespace pelikan {
namespace {

using Form = RespParameter::Form;

constexpr auto kParameters = std::to_array<RespParameter>({
    {"appendfsync", Form::kFixed, "no"},
    {"appendonly", Form::kFixed, "no"},
    {"bind", Form::kText, "server_host"},
    {"cluster-enabled", Form::kFixed, "no"},
    {"databases", Form::kFixed, "1"},
    {"io-threads", Form::kText, "worker_threads"},
    {"latency-monitor-threshold", Form::kFixed, "0"},
    {"loglevel", Form::kLogLevel, ""},
    {"maxclients", Form::kText, "max_connections"},
    {"maxmemory", Form::kBytes, "seg_memory"},
    {"maxmemory-policy", Form::kPolicy, "seg_eviction"},
    {"notify-keyspace-events", Form::kFixed, ""},
    {"port", Form::kText, "server_port"},
    {"proto-max-bulk-len", Form::kFixed, "536870912"},
    {"protected-mode", Form::kProtected, "allow_unauthenticated"},
    {"requirepass", Form::kPassword, ""},
    {"save", Form::kFixed, ""},
    {"slowlog-log-slower-than", Form::kFixed, "-1"},
    {"slowlog-max-len", Form::kFixed, "0"},
    {"tcp-backlog", Form::kText, "tcp_backlog"},
    {"timeout", Form::kSeconds, "idle_timeout"},
    {"unixsocket", Form::kText, "server_unix_path"},
});

struct Level {
  std::string_view word;  // Redis'
  LogLevel level;         // the least important lines that are logged
  uint64_t verbosity;
};
constexpr auto kLevels = std::to_array<Level>({
    {"notice", LogLevel::kInfo, 0},
    {"verbose", LogLevel::kDebug, 1},
    {"debug", LogLevel::kVerbose, 2},
});

std::string_view level_word(LogLevel level) noexcept {
  const auto found = std::ranges::find(kLevels, level, &Level::level);
  return found == kLevels.end() ? "warning" : found->word;
}

template <class T>
const T& value_of(const OptionBase& option) {
  return dynamic_cast<const Option<T>&>(option).get();
}

}  // namespace

std::string RespParameter::value(const RespControl& control) const {
  const ServerContext& context = control.context();
  const OptionBase* option = context.options.find(source);
  switch (form) {
    case Form::kFixed:
      return std::string(source);
    case Form::kPassword:
      return control.password();
    case Form::kLogLevel:
      return std::string(level_word(context.log.level()));
    case Form::kText:
      return option == nullptr ? "" : option->current_text();
    case Form::kBytes:
      return option == nullptr ? "0" : std::to_string(value_of<Bytes>(*option).value);
    case Form::kSeconds: {
      if (option == nullptr) return "0";
      const auto time = value_of<std::chrono::milliseconds>(*option);
      return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
    }
    case Form::kPolicy:
      // Segments go oldest first.
      return option == nullptr || option->current_text() == "none" ? "noeviction" : "allkeys-lru";
    case Form::kProtected:
      return option == nullptr || !value_of<bool>(*option) ? "yes" : "no";
  }
  return {};
}

std::span<const RespParameter> resp_parameters() noexcept { return kParameters; }

const RespParameter* find_parameter(std::string_view name) noexcept {
  const auto is_it = [name](const RespParameter& parameter) {
    return is_word(name, parameter.name);
  };
  const auto found = std::ranges::find_if(kParameters, is_it);
  return found == kParameters.end() ? nullptr : &*found;
}

std::string_view change_parameter(const RespParameter& parameter, std::string_view value,
                                  RespControl& control, RespChange change) {
  if (parameter.form == Form::kPassword) {
    constexpr size_t kMostPassword = 512;
    if (value.size() > kMostPassword) return "the password is too long";
    if (value.empty() && control.must_keep_password()) {
      return "protected-mode is on: the server asks for a password as long as it runs";
    }
    if (change == RespChange::kMake) control.set_password(value);
    return {};
  }
  const auto level = std::ranges::find(kLevels, value, &Level::word);
  if (level == kLevels.end())
    return "argument(s) must be one of the following: notice, verbose, debug";
  if (change == RespChange::kMake) control.context().set_verbosity(level->verbosity);
  return {};
}

}  // namespace pelikan
