// MemcachedLine: what memcached's flags have said so far; and the table of the flags, whose rows
// say it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/segcache/memcached_flags.h"

namespace pelikan {

class MemcachedLine;
struct MemcachedFlag;

// Takes the flag with its value, which is empty for a flag that has none.
using MemcachedConversion = void (*)(MemcachedLine&, const MemcachedFlag&, std::string_view value);

// A row of the table.
struct MemcachedFlag {
  char letter;             // '\0' for a word behind -o
  std::string_view word;   // long form; behind -o "slab_*" stands for all that begin so
  std::string_view value;  // what stands behind it; empty: nothing
  MemcachedConversion take;
  std::string_view key;   // our option, with its value where that is always the same
  std::string_view note;  // for whoever moves here; why it is refused

  // "-p" or "-o hashpower", for messages.
  [[nodiscard]] std::string name() const;
};

// The flags, and the words that stand behind -o.
[[nodiscard]] std::span<const MemcachedFlag> memcached_flags() noexcept;
[[nodiscard]] std::span<const MemcachedFlag> memcached_extended_flags() noexcept;

class MemcachedLine {
 public:
  explicit MemcachedLine(bool is_root) noexcept : is_root_(is_root) {}

  // The first refusal counts.
  void refuse(int status, std::string sentence);
  void refuse_value(int status, const MemcachedFlag& flag, std::string_view value,
                    std::string_view why);
  void ignore(const MemcachedFlag& flag, std::string_view value);
  void ignore(std::string_view argument) { line_.ignored.emplace_back(argument); }
  void set(std::string_view key, std::string_view value);
  void pass_on(std::string_view argument) { own_.emplace_back(argument); }
  void act(MemcachedCommandLine::Action action) noexcept { line_.action = action; }

  // The value as a number of at least `min`; refuses any other.
  [[nodiscard]] std::optional<uint64_t> number(int status, const MemcachedFlag& flag,
                                               std::string_view value, uint64_t min);

  [[nodiscard]] bool is_refused() const noexcept { return line_.refusal.has_value(); }

  // What is put together of several flags.
  void listen_on(std::string_view addresses);
  void set_port(int32_t port) noexcept { port_ = port; }
  void set_socket(std::string_view path) { socket_ = path; }
  void set_memory(uint64_t megabytes) noexcept { memory_mb_ = megabytes; }
  void set_item_max(uint64_t bytes) noexcept { item_max_ = bytes; }
  void set_user(std::string_view name) { user_ = name; }
  void ask_who() noexcept { asks_who_ = true; }
  void speak_tls() noexcept { speaks_tls_ = true; }
  void note_certificate() noexcept { has_certificate_ = true; }
  void note_certificates_of_clients() noexcept { asks_certificates_ = true; }
  void be_verbose() noexcept { ++verbosity_; }

  // All of it, with what follows from all flags together. REQUIRES: called once, last
  [[nodiscard]] MemcachedCommandLine finish();

 private:
  [[nodiscard]] bool has_own(std::string_view key) const;
  void finish_listening();
  void set_addresses(const std::string& plain, const std::string& others);
  void finish_memory();
  void finish_user();

  static constexpr int32_t kDefaultPort = 11211;

  const bool is_root_;
  MemcachedCommandLine line_;
  std::vector<std::string> own_;  // arguments of ours, which win
  std::string listen_;            // a list; empty: this machine alone
  std::string listen_plain_;      // of these, those that speak no TLS in any case
  std::string listen_tls_;        // and the others
  std::string socket_;
  std::string user_;
  int32_t port_ = kDefaultPort;  // 0: no TCP; -1: any free one
  uint64_t memory_mb_ = 64;
  uint64_t item_max_ = uint64_t{1} << 20;
  int verbosity_ = 0;
  bool asks_who_ = false;
  bool speaks_tls_ = false;
  bool has_certificate_ = false;
  bool asks_certificates_ = false;  // of every client
};

}  // namespace pelikan
