#include "service/resp/info.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "metric/registry.h"
#include "service/resp/call.h"
#include "service/resp/config_table.h"
#include "service/resp/info_commands.h"
#include "service/resp/reply_text.h"
#include "service/resp/version.h"
#include "service/resp/words.h"

namespace pelikan {
namespace {

// What a section is written from.
struct Facts {
  RespControl& control;
  const MetricSnapshot& metrics;  // counters since CONFIG RESETSTAT
  StoreSize size;
  std::string& text;

  void row(std::string_view name, std::string_view value) const {
    fmt::format_to(std::back_inserter(text), "{}:{}\r\n", name, value);
  }
  void row(std::string_view name, int64_t value) const {
    fmt::format_to(std::back_inserter(text), "{}:{}\r\n", name, value);
  }
  // A number of bytes, as it is and for people.
  void bytes(std::string_view name, int64_t value) const;
  [[nodiscard]] int64_t metric(std::string_view name) const { return metrics.value(name); }
};

// "1.50M"
std::string for_people(int64_t bytes) {
  constexpr std::array<char, 5> kUnits{'B', 'K', 'M', 'G', 'T'};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return unit == 0 ? fmt::format("{}B", bytes) : fmt::format("{:.2f}{}", value, kUnits[unit]);
}

void Facts::bytes(std::string_view name, int64_t value) const {
  row(name, value);
  row(std::string(name) + "_human", for_people(value));
}

// What stands for a parameter of CONFIG GET.
std::string parameter(const Facts& facts, std::string_view name) {
  return find_parameter(name)->value(facts.control);
}

void server(const Facts& facts) {
  const ServerContext& context = facts.control.context();
  const int64_t uptime_s = (context.time.boot_ms() - context.start_boot_ms) / 1000;
  utsname system{};
  (void)::uname(&system);
  facts.row("redis_version", kRedisVersion);
  facts.row("pelikan_version", context.version);
  facts.row("redis_mode", "standalone");
  facts.row("os", fmt::format("{} {} {}", system.sysname, system.release, system.machine));
  facts.row("arch_bits", int64_t{64});
  facts.row("process_id", int64_t{::getpid()});
  facts.row("tcp_port", parameter(facts, "port"));
  facts.row("server_time_usec", context.time.unix_ms() * 1000);
  facts.row("uptime_in_seconds", uptime_s);
  facts.row("uptime_in_days", uptime_s / 86'400);
}

void clients(const Facts& facts) {
  facts.row("connected_clients", facts.metric("worker_curr_connections"));
  facts.row("maxclients", facts.metric("server_max_connections"));
  facts.row("blocked_clients", int64_t{0});
}

void memory(const Facts& facts) {
  const int64_t used = facts.metric("seg_memory_byte");
  const int64_t resident = facts.metric("process_resident_bytes");
  facts.bytes("used_memory", used);
  facts.bytes("used_memory_rss", resident);
  const int64_t dataset = facts.metric("seg_live_byte") + facts.metric("seg_handle_byte");
  facts.row("used_memory_dataset", dataset);
  facts.row("used_memory_overhead", used - dataset);
  facts.row("mem_clients_normal", facts.metric("buffer_in_use"));
  facts.bytes("total_system_memory",
              int64_t{::sysconf(_SC_PHYS_PAGES)} * int64_t{::sysconf(_SC_PAGESIZE)});
  facts.bytes("maxmemory", facts.metric("seg_budget_byte"));
  facts.row("maxmemory_policy", parameter(facts, "maxmemory-policy"));
  const double ratio = used == 0 ? 0 : static_cast<double>(resident) / static_cast<double>(used);
  facts.row("mem_fragmentation_ratio", fmt::format("{:.2f}", ratio));
}

// Nothing is saved; clients ask whether loading is over.
void persistence(const Facts& facts) {
  facts.row("loading", int64_t{0});
  facts.row("async_loading", int64_t{0});
  facts.row("rdb_changes_since_last_save", int64_t{0});
  facts.row("rdb_bgsave_in_progress", int64_t{0});
  facts.row("rdb_last_save_time", facts.control.context().start_unix_ms / 1000);
  facts.row("rdb_last_bgsave_status", "ok");
  facts.row("aof_enabled", int64_t{0});
}

void stats(const Facts& facts) {
  const int64_t commands = total_calls(facts.metrics);
  facts.row("total_connections_received", facts.metric("server_total_connections"));
  facts.row("total_commands_processed", commands);
  facts.row("instantaneous_ops_per_sec", facts.control.commands_per_second(commands));
  facts.row("total_net_input_bytes", facts.metric("worker_bytes_read"));
  facts.row("total_net_output_bytes", facts.metric("worker_bytes_written"));
  facts.row("rejected_connections", facts.metric("server_rejected_connections"));
  facts.row("expired_keys", facts.metric("seg_expire_item"));
  facts.row("evicted_keys", facts.metric("seg_evict_item"));
  facts.row("keyspace_hits", facts.metric("resp_hit"));
  facts.row("keyspace_misses", facts.metric("resp_miss"));
  facts.row("pubsub_channels", int64_t{0});
  facts.row("pubsub_patterns", int64_t{0});
  facts.row("total_error_replies", total_errors(facts.metrics));
  facts.row("acl_access_denied_auth", facts.metric("resp_auth_error"));
}

void replication(const Facts& facts) {
  facts.row("role", "master");
  facts.row("connected_slaves", int64_t{0});
  facts.row("master_repl_offset", int64_t{0});
}

void cpu(const Facts& facts) {
  const auto seconds = [&](std::string_view metric) {
    return fmt::format("{:.6f}", static_cast<double>(facts.metric(metric)) / 1e6);
  };
  facts.row("used_cpu_sys", seconds("process_system_us"));
  facts.row("used_cpu_user", seconds("process_user_us"));
}

void modules(const Facts& /*facts*/) {}

void commandstats(const Facts& facts) { append_command_stats(facts.metrics, facts.text); }

void errorstats(const Facts& facts) { append_error_stats(facts.metrics, facts.text); }

void cluster(const Facts& facts) { facts.row("cluster_enabled", int64_t{0}); }

void keyspace(const Facts& facts) {
  if (facts.size.items == 0) return;
  facts.row("db0",
            fmt::format("keys={},expires={},avg_ttl=0", facts.size.items, facts.size.expiring));
}

struct Section {
  std::string_view name;
  bool is_default;  // told when none is asked for
  void (*write)(const Facts& facts);
};

constexpr auto kSections = std::to_array<Section>({
    {"Server", true, server},
    {"Clients", true, clients},
    {"Memory", true, memory},
    {"Persistence", true, persistence},
    {"Stats", true, stats},
    {"Replication", true, replication},
    {"CPU", true, cpu},
    {"Modules", true, modules},
    {"Commandstats", false, commandstats},
    {"Errorstats", true, errorstats},
    {"Cluster", true, cluster},
    {"Keyspace", true, keyspace},
});

bool is_asked_for(const Section& section, std::span<const std::string_view> words) {
  if (words.empty()) return section.is_default;
  return std::ranges::any_of(words, [&](std::string_view word) {
    if (is_word(word, "ALL") || is_word(word, "EVERYTHING")) return true;
    if (is_word(word, "DEFAULT")) return section.is_default;
    return is_word(word, section.name);
  });
}

RespOutcome info(RespCall& call) {
  RespControl& control = call.worker.control;
  const MetricSnapshot metrics = control.context().metrics.read_since_reset();
  std::string text;
  const Facts facts{control, metrics, call.worker.store_size(), text};
  for (const Section& section : kSections) {
    if (!is_asked_for(section, call.args.subspan(1))) continue;
    text += fmt::format("{}# {}\r\n", text.empty() ? "" : "\r\n", section.name);
    section.write(facts);
  }
  return call.reply_long(RespText(call.client.version).verbatim(text).take());
}

}  // namespace

void enter_info(RespControlHandlers& handlers) noexcept { handlers[resp::Command::kInfo] = info; }

}  // namespace pelikan
