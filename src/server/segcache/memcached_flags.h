// memcached's command line, which pelikan_segcache takes when it is started under that name: every
// flag is told in words of our own command line, left aside with a warning because it tunes what
// this server does not have, or refused.
//
// One table, in memcached_flags.cc, has the flags; `memcached -h` and docs/migrate/memcached.md are
// written from it. Options of our own (--seg_memory 1GiB) may stand beside them and win.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pelikan {

// Why the server does not start, with the exit status that memcached has for it.
struct MemcachedRefusal {
  std::string sentence;
  int status;
};

struct MemcachedCommandLine {
  enum class Action : uint8_t { kRun, kHelp, kVersion, kLicense };

  Action action = Action::kRun;
  std::vector<std::string> arguments;  // of our own command line
  std::vector<std::string> ignored;    // as they were given: "-f 1.25", "-o modern"
  std::string notice;                  // on who is let in; empty: as asked for, and by whom
  std::optional<MemcachedRefusal> refusal;
};

// Reads the arguments behind the program's name, as getopt_long would: "-vv", "-p11211",
// "-p 11211", "--port=11211", "--port 11211"; "--" ends them. `is_root` says who asks: root has to
// name a user, others cannot change theirs.
[[nodiscard]] MemcachedCommandLine parse_memcached_flags(std::span<const char* const> arguments,
                                                         bool is_root);

// The answer to -h: a table of all flags, what they are here, and notes.
[[nodiscard]] std::string memcached_help();

}  // namespace pelikan
