// What the Redis protocol's commands count: calls and errors of each, from the table of commands,
// and what came of keys.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "metric/metric.h"
#include "protocol/resp/command.h"

namespace pelikan {

// The names of a command's counters: "resp_client_setname", "resp_client_setname_error".
struct RespCommandNames {
  std::string_view calls;
  std::string_view calls_help;
  std::string_view errors;
  std::string_view errors_help;
};
[[nodiscard]] const RespCommandNames& command_metric_names(resp::Command command);

// The first words of errors, and the counters of these.
struct RespErrorKind {
  std::string_view word;
  std::string_view metric;
};
inline constexpr auto kRespErrorKinds = std::to_array<RespErrorKind>({
    {"ERR", "resp_reply_err"},
    {"NOAUTH", "resp_reply_noauth"},
    {"NOPROTO", "resp_reply_noproto"},
    {"NOSCRIPT", "resp_reply_noscript"},
    {"OOM", "resp_reply_oom"},
    {"WRONGPASS", "resp_reply_wrongpass"},
    {"WRONGTYPE", "resp_reply_wrongtype"},
});

// One worker's.
class RespMetrics : public MetricGroup {
 public:
  using MetricGroup::MetricGroup;

  void count_call(resp::Command command) noexcept { calls_[static_cast<size_t>(command)].add(); }
  // Of its call, which is counted beside.
  void count_error(resp::Command command) noexcept { errors_[static_cast<size_t>(command)].add(); }

  // Of any answer that is an error, by its first word.
  void count_error_kind(std::string_view text) noexcept;

  [[nodiscard]] uint64_t errors(resp::Command command) const noexcept {
    return errors_[static_cast<size_t>(command)].value();
  }
  // Refusals that are not the client's mistake.
  [[nodiscard]] uint64_t failures() const noexcept { return too_large.value() + no_memory.value(); }

  Counter hit{this, "resp_hit", "keys of reading commands that were found"};
  Counter miss{this, "resp_miss", "keys of reading commands that were not found"};
  Counter unknown{this, "resp_unknown", "requests that name no command"};
  Counter too_large{this, "resp_too_large", "values and keys refused for their size"};
  Counter no_memory{this, "resp_no_memory", "requests refused for want of memory"};
  Counter protocol_error{this, "resp_protocol_error",
                         "connections closed for breaking the protocol"};
  Counter hang_up{this, "resp_hang_up", "connections closed for speaking HTTP"};
  Counter auth_error{this, "resp_auth_error",
                     "attempts to authenticate with a wrong name or password"};
  Counter auth_hold{this, "resp_auth_hold",
                    "times a connection had to wait because several attempts had failed"};
  Counter auth_close{this, "resp_auth_close", "connections closed because ten attempts had failed"};
  Distribution read{this, "resp_read_latency",
                    "from a batch's arrival to its replies: commands that only read"};
  Distribution write{this, "resp_write_latency", "the same: commands that write"};
  Distribution other{this, "resp_other_latency", "the same: commands about no key"};

 private:
  using Counters = std::array<Counter, resp::kCommandCount>;

  template <size_t... kRow>
  static Counters call_counters(MetricGroup* group, std::index_sequence<kRow...> /*rows*/) {
    return {Counter(group, command_metric_names(static_cast<resp::Command>(kRow)).calls,
                    command_metric_names(static_cast<resp::Command>(kRow)).calls_help)...};
  }
  template <size_t... kRow>
  static Counters error_counters(MetricGroup* group, std::index_sequence<kRow...> /*rows*/) {
    return {Counter(group, command_metric_names(static_cast<resp::Command>(kRow)).errors,
                    command_metric_names(static_cast<resp::Command>(kRow)).errors_help)...};
  }

  template <size_t... kRow>
  static std::array<Counter, sizeof...(kRow)> kind_counters(MetricGroup* group,
                                                            std::index_sequence<kRow...> /*rows*/) {
    return {Counter(group, kRespErrorKinds[kRow].metric,
                    "answers that are errors, by their first word")...};
  }

  Counters calls_ = call_counters(this, std::make_index_sequence<resp::kCommandCount>());
  Counters errors_ = error_counters(this, std::make_index_sequence<resp::kCommandCount>());
  std::array<Counter, kRespErrorKinds.size()> kinds_ =
      kind_counters(this, std::make_index_sequence<kRespErrorKinds.size()>());
};

}  // namespace pelikan
