// The commands that touch no item: what they need of the server around the store.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "buffer/output.h"
#include "core/service.h"
#include "option/option.h"
#include "protocol/memcache/request.h"
#include "service/memcache_auth.h"
#include "service/memcache_outcome.h"
#include "service/memcache_prefixes.h"
#include "service/memcache_watch.h"

namespace pelikan {

struct MemcacheOptions : OptionGroup {
  Option<bool> flush_all{this, "memcache_flush_all", true,
                         "whether clients may empty the cache with flush_all"};
  Option<bool> shutdown{this, "memcache_shutdown", false,
                        "whether clients may stop the server with shutdown"};
  Option<bool> protocol_binary{
      this, "protocol_binary", true,
      "whether clients may speak memcached's binary protocol; else they are closed at once"};
  Option<std::string> auth_file{this, "auth_file", "",
                                "file of user:password lines, one of which a client must know; "
                                "empty: everybody may do everything"};
  Option<bool> stats_detail{
      this, "memcache_stats_detail", false,
      "whether keys are counted by prefix; clients switch with stats detail on|off"};
  Option<std::string> prefix_delimiter{this, "memcache_prefix_delimiter", ":",
                                       "the character that ends a key's prefix, for stats detail"};
  Option<bool> dump{this, "memcache_dump", true,
                    "whether clients may list all keys with lru_crawler metadump, lru_crawler "
                    "mgdump and stats cachedump"};
  Option<bool> watch{this, "memcache_watch", true,
                     "whether clients may watch what others do, their keys included"};
};

// Shared by all workers. Thread safety: all methods from any thread.
class MemcacheControl {
 public:
  // Throws SetupError. REQUIRES: context and service outlive it
  MemcacheControl(const MemcacheOptions& options, const ServerContext& context, Service& service);

  // All but flush_all. REQUIRES: out.has_room()
  [[nodiscard]] MemcacheOutcome execute(const memcache::Request& request,
                                        Output& out) const noexcept;

  // The answer to `stats <words>`, whole; empty when there are no such words.
  [[nodiscard]] std::optional<std::string> stats(std::string_view words) const {
    return service_.stats(words);
  }
  // As clients are told it, "1.6.45-pelikan-0.1.0".
  [[nodiscard]] std::string_view version() const noexcept { return version_; }
  [[nodiscard]] bool may_flush() const noexcept { return may_flush_; }
  [[nodiscard]] bool speaks_binary() const noexcept { return speaks_binary_; }
  [[nodiscard]] const MemcacheAuth& auth() const noexcept { return auth_; }
  // Reads auth_file anew.
  void reload() noexcept { auth_.reload(); }
  [[nodiscard]] MemcachePrefixes& prefixes() const noexcept { return prefixes_; }
  [[nodiscard]] bool may_dump() const noexcept { return may_dump_; }
  [[nodiscard]] MemcacheWatch& watch() const noexcept { return watch_; }

  // `watch <words>`: returns the reply, and seats the watcher unless it is refused. `is_behind`:
  // replies to commands before it are not sent yet.
  [[nodiscard]] std::string_view begin_watch(std::string_view words, bool is_behind,
                                             std::optional<WatcherSeat>& seat) const noexcept;

 private:
  [[nodiscard]] MemcacheOutcome shut_down(const memcache::Request& request,
                                          Output& out) const noexcept;
  MemcacheOutcome write_stats(std::string_view words, Output& out) const noexcept;

  const ServerContext& context_;
  Service& service_;
  std::string version_;
  MemcacheAuth auth_;
  mutable MemcachePrefixes prefixes_;  // counts for itself, from all threads
  bool may_flush_;
  bool speaks_binary_;
  bool may_shut_down_;
  bool may_dump_;
  bool may_watch_;
  mutable MemcacheWatch watch_;  // all threads', as it says itself
};

}  // namespace pelikan
