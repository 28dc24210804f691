#include "server/segcache/memcached_line.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/setup_error.h"
#include "core/exposure.h"
#include "transport/address.h"

namespace pelikan {
namespace {

// "notls:", "tag[name]:" and "proto[name]:" may stand in front of an address; the latter two change
// nothing here.
std::string_view without_tags(std::string_view address, bool& is_plain) {
  constexpr std::string_view kNoTls = "notls:";
  if (address.starts_with(kNoTls)) {
    is_plain = true;
    return without_tags(address.substr(kNoTls.size()), is_plain);
  }
  if (!address.starts_with("tag[") && !address.starts_with("proto[")) return address;
  const size_t end = address.find("]:");
  return end == address.npos ? address : without_tags(address.substr(end + 2), is_plain);
}

void append_to_list(std::string& list, std::string_view word) {
  if (!list.empty()) list += ',';
  list += word;
}

bool has_ipv6() {
  try {
    const UniqueFd socket = bind_to(Address::resolve("::1", 0).front(), {});
    return true;
  } catch (const SetupError&) {
    return false;
  }
}

}  // namespace

std::string MemcachedFlag::name() const {
  return letter == '\0' ? fmt::format("-o {}", word) : fmt::format("-{}", letter);
}

void MemcachedLine::refuse(int status, std::string sentence) {
  if (!line_.refusal) line_.refusal = {std::move(sentence), status};
}

void MemcachedLine::refuse_value(int status, const MemcachedFlag& flag, std::string_view value,
                                 std::string_view why) {
  refuse(status, fmt::format("{}: '{}' is {}", flag.name(), escaped(value), why));
}

void MemcachedLine::ignore(const MemcachedFlag& flag, std::string_view value) {
  line_.ignored.push_back(flag.name());
  if (!value.empty()) line_.ignored.back().append(1, ' ').append(escaped(value));
}

void MemcachedLine::set(std::string_view key, std::string_view value) {
  line_.arguments.push_back(fmt::format("--{}={}", key, value));
}

std::optional<uint64_t> MemcachedLine::number(int status, const MemcachedFlag& flag,
                                              std::string_view value, uint64_t min) {
  uint64_t number = 0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error == std::errc() && stop == end && number >= min) return number;
  refuse_value(status, flag, value,
               min == 0 ? std::string("no number") : fmt::format("no number of {} or more", min));
  return std::nullopt;
}

void MemcachedLine::listen_on(std::string_view addresses) {
  while (!addresses.empty()) {
    const size_t comma = std::min(addresses.find(','), addresses.size());
    bool is_plain = false;
    const std::string_view address = without_tags(addresses.substr(0, comma), is_plain);
    append_to_list(listen_, address);
    append_to_list(is_plain ? listen_plain_ : listen_tls_, address);
    addresses.remove_prefix(std::min(comma + 1, addresses.size()));
  }
}

bool MemcachedLine::has_own(std::string_view key) const {
  return std::ranges::any_of(
      own_, [&](std::string_view word) { return word.starts_with(fmt::format("--{}", key)); });
}

MemcachedCommandLine MemcachedLine::finish() {
  // The admin ports are off, so that servers which differ in -p alone stand side by side.
  set("admin_port", "-1");
  set("admin_http_port", "-1");
  constexpr std::array<std::string_view, 4> kLevels{"warn", "info", "debug", "verbose"};
  set("debug_log_level", kLevels[std::min<size_t>(static_cast<size_t>(verbosity_), 3)]);
  finish_memory();
  finish_listening();
  finish_user();
  std::ranges::move(own_, std::back_inserter(line_.arguments));
  return std::move(line_);
}

// As memcached does, a socket takes the place of TCP. Unlike it, who does not say -l listens on
// this machine alone; who does has said whom to let in.
void MemcachedLine::finish_listening() {
  if (speaks_tls_ && !has_certificate_ && !has_own("tls_cert"))
    return refuse(EX_USAGE, "-Z needs a certificate: -o ssl_chain_cert=FILE");
  set("server_port", std::to_string(std::max(port_, 0)));
  if (!socket_.empty()) set("server_unix_path", socket_);
  if (!socket_.empty() || port_ == 0) return set("server_host", "");
  if (listen_.empty()) {
    if (!has_own("server_host"))
      line_.notice = "lets in this machine alone; -l 0.0.0.0 lets others in as well";
    return set_addresses("", has_ipv6() ? "127.0.0.1,::1" : "127.0.0.1");
  }
  set_addresses(listen_plain_, listen_tls_);
  set("allow_unauthenticated", "yes");
  try {
    const std::vector<Address> addresses = Address::resolve_with_ports(listen_, 0);
    const bool asks = asks_who_ || (asks_certificates_ && speaks_tls_ && listen_plain_.empty());
    if (!asks && !std::ranges::all_of(addresses, is_local)) {
      line_.notice = fmt::format(
          "-l {} lets other machines in, and nobody has to say who they are (-Y)", listen_);
    }
  } catch (const SetupError& error) {
    refuse(EX_OSERR, fmt::format("-l: {}", error.what()));
  }
}

// Without -Z both are plain.
void MemcachedLine::set_addresses(const std::string& plain, const std::string& others) {
  if (!speaks_tls_) return set("server_host", listen_.empty() ? others : listen_);
  set("server_host", plain);
  set("tls_host", others);
  set("tls_port", std::to_string(std::max(port_, 0)));
}

void MemcachedLine::finish_memory() {
  set("seg_memory", fmt::format("{}MiB", memory_mb_));
  set("seg_item_max", fmt::format("{}B", item_max_));
  if (item_max_ > memory_mb_ * kMiB / 2)
    refuse(EX_USAGE, "-m, -I: the largest item may take half of the memory, not more");
}

void MemcachedLine::finish_user() {
  if (!is_root_) return;
  if (user_.empty()) return refuse(EX_USAGE, "-u: root has to name the user to become");
  if (::getpwnam(user_.c_str()) == nullptr)
    return refuse(EX_NOUSER, fmt::format("-u: '{}' is no user of this machine", escaped(user_)));
  set("user", user_);
}

}  // namespace pelikan
