// The table of memcached's flags, and what is done with their values.
#include <fmt/format.h>
#include <sysexits.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iterator>

#include "base/bytes.h"
#include "server/segcache/memcached_line.h"

namespace pelikan {
namespace {

using Action = MemcachedCommandLine::Action;
using Flag = MemcachedFlag;
using Line = MemcachedLine;
using Text = std::string_view;

constexpr int kWrong = EXIT_FAILURE;  // memcached's status for most wrong values

void as_it_is(Line& line, const Flag& flag, Text value) { line.set(flag.key, value); }

void ignored(Line& line, const Flag& flag, Text value) { line.ignore(flag, value); }

void refused(Line& line, const Flag& flag, Text) {
  line.refuse(EX_USAGE, fmt::format("{} is {}", flag.name(), flag.note));
}

// The key stands in the table with its value: "seg_eviction none".
void switched(Line& line, const Flag& flag, Text) {
  const size_t blank = flag.key.find(' ');
  line.set(flag.key.substr(0, blank), flag.key.substr(blank + 1));
}

void count(Line& line, const Flag& flag, Text value) {
  if (const auto number = line.number(kWrong, flag, value, 1))
    line.set(flag.key, std::to_string(*number));
}

void ignored_count(Line& line, const Flag& flag, Text value) {
  if (line.number(kWrong, flag, value, 1)) line.ignore(flag, value);
}

void ignored_factor(Line& line, const Flag& flag, Text value) {
  double factor = 0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, factor);
  if (error == std::errc() && stop == end && factor > 1) return line.ignore(flag, value);
  line.refuse_value(kWrong, flag, value, "no number above 1");
}

void port(Line& line, const Flag& flag, Text value) {
  if (value == "-1") return line.set_port(-1);
  const auto number = line.number(EX_USAGE, flag, value, 0);
  if (!number) return;
  if (*number > 65535) return line.refuse_value(EX_USAGE, flag, value, "no port");
  line.set_port(static_cast<int32_t>(*number));
}

void udp_port(Line& line, const Flag& flag, Text value) {
  if (value != "0") line.refuse_value(EX_USAGE, flag, value, "not 0, and UDP is not spoken");
}

// What the kernel may be told.
void backlog(Line& line, const Flag& flag, Text value) {
  if (const auto number = line.number(kWrong, flag, value, 0))
    line.set(flag.key, std::to_string(std::clamp<uint64_t>(*number, 1, 65535)));
}

void memory(Line& line, const Flag& flag, Text value) {
  if (value.ends_with('m') || value.ends_with('M')) value.remove_suffix(1);
  constexpr uint64_t kMost = uint64_t{1} << 26;  // 64 TiB
  const auto number = line.number(EX_USAGE, flag, value, 1);
  if (number) line.set_memory(std::min(*number, kMost));
}

void item_max(Line& line, const Flag& flag, Text value) {
  uint64_t unit = 1;
  if (value.ends_with('k') || value.ends_with('K')) unit = kKiB;
  if (value.ends_with('m') || value.ends_with('M')) unit = kMiB;
  Text digits = value;
  if (unit > 1) digits.remove_suffix(1);
  const auto number = line.number(EX_USAGE, flag, digits, 0);
  if (!number) return;
  if (*number > kGiB / unit || *number * unit < kKiB)
    return line.refuse_value(EX_USAGE, flag, value, "no size of 1k to 1024m");
  line.set_item_max(*number * unit);
}

void protocol(Line& line, const Flag& flag, Text value) {
  if (value == "auto") return line.set(flag.key, "yes");
  if (value == "ascii") return line.set(flag.key, "no");
  line.refuse_value(EX_USAGE, flag, value, "neither auto nor ascii");
}

void auth_file(Line& line, const Flag& flag, Text path) {
  line.set(flag.key, path);
  line.ask_who();
}

void octal(Line& line, const Flag& flag, Text value) {
  if (!value.empty() && value.find_first_not_of("01234567") == value.npos)
    return line.set(flag.key, value);
  line.refuse_value(EX_USAGE, flag, value, "no octal number like 700");
}

void delimiter(Line& line, const Flag& flag, Text value) {
  if (value.empty()) return line.refuse_value(kWrong, flag, value, "no character");
  line.set(flag.key, value.substr(0, 1));
  line.set("memcache_stats_detail", "yes");
}

void seconds(Line& line, const Flag& flag, Text value) {
  if (const auto number = line.number(kWrong, flag, value, 0))
    line.set(flag.key, fmt::format("{}s", *number));
}

// 0 is memcached's word for no limit.
void megabytes(Line& line, const Flag& flag, Text value) {
  const auto number = line.number(kWrong, flag, value, 0);
  if (number && *number > 0) line.set(flag.key, fmt::format("{}MiB", *number));
}

void hash_power(Line& line, const Flag& flag, Text value) {
  const auto number = line.number(kWrong, flag, value, 12);
  if (!number) return;
  if (*number > 32) return line.refuse_value(kWrong, flag, value, "above 32");
  line.ignore(flag, value);
}

void hash_algorithm(Line& line, const Flag& flag, Text value) {
  if (value == "jenkins" || value == "murmur3" || value == "xxh3") return line.ignore(flag, value);
  line.refuse_value(kWrong, flag, value, "neither jenkins, murmur3 nor xxh3");
}

void certificate(Line& line, const Flag& flag, Text path) {
  line.set(flag.key, path);
  line.note_certificate();
}

void verify_mode(Line& line, const Flag& flag, Text value) {
  constexpr Text kModes[] = {"off", "optional", "required", "required"};
  const auto mode = line.number(kWrong, flag, value, 0);
  if (!mode) return;
  if (*mode >= std::size(kModes)) return line.refuse_value(kWrong, flag, value, "above 3");
  line.set(flag.key, kModes[*mode]);
  if (*mode >= 2) line.note_certificates_of_clients();
}

void min_version(Line& line, const Flag& flag, Text value) {
  const auto version = line.number(kWrong, flag, value, 0);
  if (!version) return;
  if (*version > 3) return line.refuse_value(kWrong, flag, value, "above 3");
  line.set(flag.key, *version == 3 ? "1.3" : "1.2");
}

void key_format(Line& line, const Flag& flag, Text value) {
  if (value != "1") line.refuse_value(kWrong, flag, value, "not 1, which is PEM");
}

template <Action kAction>
void act(Line& line, const Flag&, Text) {
  line.act(kAction);
}

// Whether the row is the one for this word.
bool names(const Flag& flag, Text word) noexcept {
  if (!flag.word.ends_with('*')) return flag.word == word;
  return word.starts_with(flag.word.substr(0, flag.word.size() - 1));
}

// A list of words, each maybe with a value, parted by commas.
void extended(Line& line, const Flag&, Text list) {
  while (!list.empty() && !line.is_refused()) {
    const Text one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    const Text word = one.substr(0, one.find('='));
    const Text value = one.substr(std::min(word.size() + 1, one.size()));
    const auto flags = memcached_extended_flags();
    const auto flag = std::ranges::find_if(flags, [word](const Flag& f) { return names(f, word); });
    if (flag == flags.end()) {
      line.refuse(kWrong, fmt::format("-o: '{}' is unknown; -h lists the words", word));
    } else if (flag->word.ends_with('*')) {
      line.ignore(fmt::format("-o {}", one));
    } else {
      flag->take(line, *flag, value);
    }
  }
}

constexpr Flag kFlags[] = {
    {'p', "port", "num", port, "server_port", "-1: any free one; 0: no TCP"},
    {'U', "udp-port", "num", udp_port, "", "0 alone: with UDP, replies can be aimed at others"},
    {'s', "unix-socket", "file", [](Line& l, const Flag&, Text path) { l.set_socket(path); },
     "server_unix_path", "takes the place of TCP; with --server_host there are both"},
    {'a', "unix-mask", "mask", octal, "server_unix_mode", ""},
    {'A', "enable-shutdown", "", switched, "memcache_shutdown yes", ""},
    {'l', "listen", "addr", [](Line& l, const Flag&, Text list) { l.listen_on(list); },
     "server_host",
     "lists, host:port, [::1]:port; tag[..]: and proto[..]: in front change nothing, nor notls: "
     "without -Z. "
     "Without it 127.0.0.1 and ::1; with it allow_unauthenticated is set, with a warning where "
     "that lets others in"},
    {'d', "daemon", "", switched, "daemonize yes", "the starter ends when the server serves"},
    {'r', "enable-coredumps", "", switched, "core_dumps yes", ""},
    {'u', "user", "user", [](Line& l, const Flag&, Text name) { l.set_user(name); }, "user",
     "root has to name one; it means nothing to others"},
    {'m', "memory-limit", "megabytes", memory, "seg_memory",
     "items, their headers and the hash table; taken at the start"},
    {'M', "disable-evictions", "", switched, "seg_eviction none", ""},
    {'c', "conn-limit", "num", count, "max_connections", ""},
    {'k', "lock-memory", "", switched, "lock_memory yes",
     "a warning where the system does not let it, as memcached's"},
    {'v', "verbose", "", [](Line& l, const Flag&, Text) { l.be_verbose(); }, "debug_log_level",
     "warn; -v info, -vv debug, -vvv verbose"},
    {'h', "help", "", act<Action::kHelp>, "", "this list"},
    {'i', "license", "", act<Action::kLicense>, "", "the licence's name"},
    {'V', "version", "", act<Action::kVersion>, "", "the version"},
    {'P', "pidfile", "file", as_it_is, "pid_file", "also without -d; opened before -u"},
    {'f', "slab-growth-factor", "num", ignored_factor, "", "no slab classes"},
    {'n', "slab-min-size", "bytes", ignored_count, "", "no slab classes"},
    {'L', "enable-largepages", "", switched, "seg_huge_pages yes", "is the default"},
    {'D', "", "char", delimiter, "memcache_prefix_delimiter", "and memcache_stats_detail yes"},
    {'t', "threads", "num", count, "worker_threads", ""},
    {'R', "max-reqs-per-event", "num", ignored_count, "",
     "what is done for a connection at a time is bounded by its buffers"},
    {'C', "disable-cas", "", ignored, "", "every item has a cas, and it costs nothing"},
    {'b', "listen-backlog", "num", backlog, "tcp_backlog", ""},
    {'B', "protocol", "name", protocol, "protocol_binary",
     "auto: both protocols; ascii: text alone"},
    {'I', "max-item-size", "num", item_max, "seg_item_max",
     "1k to 1024m, at most half of -m; key, value and header together"},
    {'S', "enable-sasl", "", refused, "", "refused: SASL is not spoken"},
    {'F', "disable-flush-all", "", switched, "memcache_flush_all no", ""},
    {'X', "disable-dumping", "", switched, "memcache_dump no", ""},
    {'W', "disable-watch", "", switched, "memcache_watch no", ""},
    {'Y', "auth-file", "file", auth_file, "auth_file",
     "user:password lines; SIGHUP reads it again"},
    {'e', "memory-file", "file", refused, "", "refused: memory does not outlive the server"},
    {'Z', "enable-ssl", "", [](Line& l, const Flag&, Text) { l.speak_tls(); }, "tls_port",
     "-p and -l are then tls_port and tls_host, but for addresses behind notls:; needs -o "
     "ssl_chain_cert"},
    {'N', "napi_ids", "num", ignored_count, "", "connections go to the worker with the fewest"},
    {'o', "extended", "list", extended, "",
     "the words below, parted by commas; others are refused"},
};

constexpr Flag kExtended[] = {
    {'\0', "idle_timeout", "seconds", seconds, "idle_timeout", ""},
    {'\0', "read_buf_mem_limit", "megabytes", megabytes, "connection_memory",
     "0 leaves our default"},
    {'\0', "resp_obj_mem_limit", "megabytes", megabytes, "connection_memory",
     "0 leaves our default"},
    {'\0', "hashpower", "num", hash_power, "", "12 to 32; follows from seg_memory, seg_item_mean"},
    {'\0', "hash_algorithm", "name", hash_algorithm, "", "there is one"},
    {'\0', "no_hashexpand", "", ignored, "", "it never expands"},
    {'\0', "maxconns_fast", "", ignored, "", "is how it works"},
    {'\0', "no_maxconns_fast", "", ignored, "", "connections above -c are told so and closed"},
    {'\0', "track_sizes", "", ignored, "", "no statistics of sizes"},
    {'\0', "tail_repair_time", "num", ignored, "", "no such tail"},
    {'\0', "modern", "", ignored, "", ""},
    {'\0', "no_modern", "", ignored, "", ""},
    {'\0', "drop_privileges", "", ignored, "", "left to the service manager"},
    {'\0', "no_drop_privileges", "", ignored, "", "left to the service manager"},
    {'\0', "inline_ascii_resp", "", ignored, "", ""},
    {'\0', "no_inline_ascii_resp", "", ignored, "", ""},
    {'\0', "no_chunked_items", "", ignored, "", "an item of any size is stored in one way"},
    {'\0', "temporary_ttl", "num", ignored, "", "items of all TTLs are kept by expiry"},
    {'\0', "sock_cookie_id", "num", ignored, "", ""},
    {'\0', "watcher_logbuf_size", "num", ignored, "", ""},
    {'\0', "worker_logbuf_size", "num", ignored, "", ""},
    {'\0', "slab_*", "", ignored, "", "no slab classes"},
    {'\0', "no_slab_*", "", ignored, "", "no slab classes"},
    {'\0', "lru_*", "", ignored, "", "no LRU lists: eviction goes by segment"},
    {'\0', "no_lru_*", "", ignored, "", "no LRU lists: eviction goes by segment"},
    {'\0', "hot_*", "", ignored, "", "no LRU lists"},
    {'\0', "warm_*", "", ignored, "", "no LRU lists"},
    {'\0', "ssl_chain_cert", "file", certificate, "tls_cert", ""},
    {'\0', "ssl_key", "file", as_it_is, "tls_key", ""},
    {'\0', "ssl_verify_mode", "num", verify_mode, "tls_verify",
     "0 off, 1 optional, 2 and 3 required"},
    {'\0', "ssl_ca_cert", "file", as_it_is, "tls_ca", ""},
    {'\0', "ssl_ciphers", "list", as_it_is, "tls_ciphers", ""},
    {'\0', "ssl_min_version", "num", min_version, "tls_min_version",
     "0 to 2: 1.2, below which nothing is spoken; 3: 1.3"},
    {'\0', "ssl_keyformat", "num", key_format, "", "1, PEM, alone"},
    {'\0', "ssl_session_cache", "", ignored, "", "sessions are resumed by tickets"},
    {'\0', "ssl_wbuf_size", "num", ignored, "", "records are as long as they can be"},
    {'\0', "ssl_kernel_tls", "", ignored, "", "TLS is not the kernel's"},
    {'\0', "ext_path", "file", refused, "", "refused: items are kept in memory alone"},
    {'\0', "ext_*", "", ignored, "", "read with ext_path only"},
    {'\0', "proxy_config", "file", refused, "", "refused: it is no proxy"},
};

}  // namespace

std::span<const MemcachedFlag> memcached_flags() noexcept { return kFlags; }
std::span<const MemcachedFlag> memcached_extended_flags() noexcept { return kExtended; }

}  // namespace pelikan
