#include "service/memcache_settings.h"

#include <array>
#include <chrono>
#include <string_view>

#include "log/log.h"
#include "metric/registry.h"
#include "option/option_set.h"
#include "protocol/admin/compose.h"

namespace pelikan {
namespace {

// A setting of memcached's: the option of ours that says it, or what it always is here.
struct Setting {
  std::string_view name;
  std::string_view option;
  std::string_view otherwise;
};

// In memcached's order.
constexpr auto kSettings = std::to_array<Setting>({
    {"maxbytes", "seg_memory", "0"},
    {"maxconns", "max_connections", "0"},
    {"tcpport", "server_port", "0"},
    {"udpport", "", "0"},
    {"inter", "server_host", ""},
    {"verbosity", "", ""},  // see setting()
    {"oldest", "", "0"},
    {"evictions", "", "on"},  // see setting()
    {"domain_socket", "server_unix_path", "NULL"},
    {"umask", "server_unix_mode", "700"},
    {"shutdown_command", "memcache_shutdown", "no"},
    {"growth_factor", "", "0"},
    {"chunk_size", "", "0"},
    {"num_threads", "worker_threads", "0"},
    {"num_threads_per_udp", "", "0"},
    {"stat_key_prefix", "memcache_prefix_delimiter", ":"},
    {"detail_enabled", "", ""},  // see setting()
    {"reqs_per_event", "", "0"},
    {"cas_enabled", "", "yes"},
    {"tcp_backlog", "tcp_backlog", "0"},
    {"binding_protocol", "", "auto-negotiate"},  // see memcache_settings()
    {"auth_enabled_sasl", "", "no"},
    {"auth_enabled_ascii", "", "no"},  // see memcache_settings()
    {"item_size_max", "seg_item_max", "0"},
    {"maxconns_fast", "", "yes"},
    {"hashpower_init", "", "0"},
    {"slab_reassign", "", "no"},
    {"slab_automove", "", "0"},
    {"slab_automove_ratio", "", "0.00"},
    {"slab_automove_window", "", "0"},
    {"slab_chunk_max", "", "0"},
    {"lru_crawler", "", "no"},
    {"lru_crawler_sleep", "", "0"},
    {"lru_crawler_tocrawl", "", "0"},
    {"tail_repair_time", "", "0"},
    {"flush_enabled", "memcache_flush_all", "yes"},
    {"dump_enabled", "memcache_dump", "yes"},
    {"hash_algorithm", "", "xxh3"},
    {"lru_maintainer_thread", "", "no"},
    {"lru_segmented", "", "no"},
    {"hot_lru_pct", "", "0"},
    {"warm_lru_pct", "", "0"},
    {"hot_max_factor", "", "0.00"},
    {"warm_max_factor", "", "0.00"},
    {"temp_lru", "", "no"},
    {"temporary_ttl", "", "0"},
    {"idle_timeout", "idle_timeout", "0"},
    {"watcher_logbuf_size", "", "0"},
    {"worker_logbuf_size", "debug_log_buffer", "0"},
    {"read_buf_mem_limit", "connection_memory", "0"},
    {"track_sizes", "", "no"},
    {"inline_ascii_response", "", "no"},
    {"ext_item_size", "", "0"},
    {"ext_item_age", "", "0"},
    {"ext_low_ttl", "", "0"},
    {"ext_recache_rate", "", "0"},
    {"ext_wbuf_size", "", "0"},
    {"ext_compact_under", "", "0"},
    {"ext_drop_under", "", "0"},
    {"ext_max_sleep", "", "0"},
    {"ext_max_frag", "", "0.00"},
    {"slab_automove_freeratio", "", "0.000"},
    {"ext_drop_unread", "", "no"},
    {"ssl_enabled", "", "no"},  // see tls_setting()
    {"ssl_chain_cert", "tls_cert", "(null)"},
    {"ssl_key", "tls_key", "(null)"},
    {"ssl_verify_mode", "", "0"},
    {"ssl_keyformat", "", "0"},
    {"ssl_ciphers", "", "NULL"},
    {"ssl_ca_cert", "tls_ca", "NULL"},
    {"ssl_wbuf_size", "", "0"},
    {"ssl_session_cache", "", "no"},
    {"ssl_kernel_tls", "", "no"},
    {"ssl_min_version", "", "NULL"},
    {"num_napi_ids", "", "(null)"},
    {"memory_file", "", "(null)"},
    {"client_flags_size", "", "4"},
});

// memcached writes plain numbers: bytes and seconds, without units.
std::string plain(const OptionBase& option) {
  if (const auto* bytes = dynamic_cast<const Option<Bytes>*>(&option)) {
    return std::to_string(bytes->get().value);
  }
  using Time = Option<std::chrono::milliseconds>;
  if (const auto* time = dynamic_cast<const Time*>(&option)) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time->get()).count());
  }
  return option.current_text();
}

// What is otherwise while TLS is spoken; empty: nothing. The numbers are OpenSSL's.
std::string tls_setting(std::string_view name, const OptionSet& options) {
  const auto text = [&options](std::string_view option) {
    const OptionBase* found = options.find(option);
    return found == nullptr ? std::string() : found->current_text();
  };
  const std::string port = text("tls_port");
  if (!name.starts_with("ssl_") || port.empty() || port == "-1") return {};
  if (name == "ssl_enabled") return "yes";
  if (name == "ssl_keyformat") return "1";
  if (name == "ssl_wbuf_size") return "16384";
  if (name == "ssl_ciphers") return text("tls_ciphers");
  if (name == "ssl_session_cache") return text("tls_session_tickets");
  if (name == "ssl_min_version") return "tlsv" + text("tls_min_version");
  if (name != "ssl_verify_mode") return {};
  const std::string verify = text("tls_verify");
  return verify == "required" ? "3" : verify == "optional" ? "1" : "0";
}

std::string setting(const Setting& row, const ServerContext& context, bool detail_enabled) {
  if (row.name == "maxbytes") {  // cache_memlimit may have changed it
    const int64_t limit = context.metrics.read().value("seg_budget_byte");
    if (limit > 0) return std::to_string(limit);
  }
  if (row.name == "detail_enabled") return detail_enabled ? "yes" : "no";
  if (row.name == "verbosity") {
    const auto above_info =
        static_cast<int>(context.log.level()) - static_cast<int>(LogLevel::kInfo);
    return std::to_string(above_info > 0 ? above_info : 0);
  }
  if (row.name == "evictions") {
    const OptionBase* eviction = context.options.find("seg_eviction");
    return eviction != nullptr && eviction->current_text() == "none" ? "off" : "on";
  }
  if (row.name == "binding_protocol") {
    const OptionBase* binary = context.options.find("protocol_binary");
    return std::string(binary != nullptr && binary->current_text() == "no" ? "ascii"
                                                                           : row.otherwise);
  }
  if (row.name == "auth_enabled_ascii") {
    const OptionBase* file = context.options.find("auth_file");
    return file != nullptr && !file->current_text().empty() ? "yes" : "no";
  }
  if (std::string text = tls_setting(row.name, context.options); !text.empty()) return text;
  const OptionBase* option = row.option.empty() ? nullptr : context.options.find(row.option);
  const std::string text = option == nullptr ? std::string() : plain(*option);
  return text.empty() ? std::string(row.otherwise) : text;
}

}  // namespace

std::string memcache_settings(const ServerContext& context, bool detail_enabled) {
  std::string out;
  for (const Setting& row : kSettings) {
    admin::append_stat(out, row.name, setting(row, context, detail_enabled));
  }
  return out;
}

}  // namespace pelikan
