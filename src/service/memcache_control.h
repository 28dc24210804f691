// The commands that touch no item: what they need of the server around the store.
#pragma once

#include <string>
#include <string_view>

#include "buffer/output.h"
#include "core/service.h"
#include "option/option.h"
#include "protocol/memcache/request.h"
#include "service/memcache_auth.h"
#include "service/memcache_outcome.h"

namespace pelikan {

struct MemcacheOptions : OptionGroup {
  Option<bool> flush_all{this, "memcache_flush_all", true,
                         "whether clients may empty the cache with flush_all"};
  Option<bool> shutdown{this, "memcache_shutdown", false,
                        "whether clients may stop the server with shutdown"};
  Option<std::string> auth_file{this, "auth_file", "",
                                "file of user:password lines, one of which a client must know; "
                                "empty: everybody may do everything"};
};

// Shared by all workers. Thread safety: all methods from any thread.
class MemcacheControl {
 public:
  // Throws SetupError. REQUIRES: context and service outlive it
  MemcacheControl(const MemcacheOptions& options, const ServerContext& context, Service& service);

  // All but flush_all. REQUIRES: out.has_room()
  [[nodiscard]] MemcacheOutcome execute(const memcache::Request& request,
                                        Output& out) const noexcept;

  [[nodiscard]] bool may_flush() const noexcept { return may_flush_; }
  [[nodiscard]] const MemcacheAuth& auth() const noexcept { return auth_; }
  // Reads auth_file anew.
  void reload() noexcept { auth_.reload(); }

 private:
  [[nodiscard]] MemcacheOutcome shut_down(const memcache::Request& request,
                                          Output& out) const noexcept;
  MemcacheOutcome write_stats(std::string_view words, Output& out) const;

  const ServerContext& context_;
  Service& service_;
  std::string version_line_;
  MemcacheAuth auth_;
  bool may_flush_;
  bool may_shut_down_;
};

}  // namespace pelikan
