// Who may use the server: the names and passwords of auth_file.
//
// The file has lines `user:password`; the first colon ends the name. Neither may be empty or have
// spaces or control bytes, which the protocol could not carry.
//
// Thread safety: all methods from any thread. Only a connection that does not say yet who it is
// comes here, so a lock costs no request.
#pragma once

#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "log/log.h"

namespace pelikan {

class MemcacheAuth {
 public:
  // An empty path: everybody may. Throws SetupError naming the file, and the line when it is one.
  // REQUIRES: log outlives it
  MemcacheAuth(const std::string& path, Log& log);

  [[nodiscard]] bool is_required() const noexcept { return !path_.empty(); }
  // Compares with every entry, and takes as long for a wrong guess, or a name that nobody has, as
  // for a right one. Throws std::bad_alloc.
  [[nodiscard]] bool admits(std::string_view user, std::string_view password) const;
  // Reads the file anew; one that cannot be used changes nothing and is told in the log. Whoever is
  // in stays in.
  void reload() noexcept;

 private:
  struct Entry {
    Secret user;
    Secret password;
  };

  [[nodiscard]] std::vector<Entry> read() const;
  [[nodiscard]] Entry parse_line(std::string_view line, size_t number) const;

  const std::string path_;
  Log& log_;
  mutable std::shared_mutex mutex_;  // guards entries_
  std::vector<Entry> entries_;
};

}  // namespace pelikan
