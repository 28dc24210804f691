#include "server/segcache/memcached_main.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "base/setup_error.h"
#include "core/replace_file.h"
#include "core/version.h"
#include "server/segcache/memcached_flags.h"
#include "service/memcache_stats.h"

namespace pelikan {
namespace {

constexpr std::string_view kName = "memcached";

// Replaced as a whole, so that nobody reads half of it. Unix sockets have no port.
void write_ports(const std::string& path, const std::vector<std::string>& addresses) {
  std::string text;
  for (const std::string& address : addresses) {
    if (address.front() != '[' && !std::isdigit(static_cast<unsigned char>(address.front())))
      continue;
    text += fmt::format("TCP {}: {}\n", address.front() == '[' ? "INET6" : "INET",
                        address.substr(address.rfind(':') + 1));
  }
  if (const int error = replace_file(path, text); error != 0) {
    throw SetupError(ExitCode::kSystem,
                     fmt::format("MEMCACHED_PORT_FILENAME {}: {}", path, std::strerror(error)));
  }
}

int show(MemcachedCommandLine::Action action) {
  switch (action) {
    case MemcachedCommandLine::Action::kHelp:
      fmt::print(
          "usage: {} [FLAG]...\n\n"
          "pelikan_segcache with memcached's command line. A flag without an option is read and "
          "changes\nnothing. Options of our own may stand beside them, as --NAME=VALUE; "
          "pelikan_segcache -c\nlists them.\n\n{}",
          kName, memcached_help());
      break;
    case MemcachedCommandLine::Action::kVersion:
      fmt::print("{} {}\n", kName, memcache_version(version()));
      break;
    case MemcachedCommandLine::Action::kLicense:
      fmt::print("pelikan_segcache {}: Apache License, Version 2.0\n", version());
      break;
    case MemcachedCommandLine::Action::kRun:
      break;
  }
  return EXIT_SUCCESS;
}

int run(const MemcachedCommandLine& line, char* program, const ServerSpec& spec) {
  if (!line.ignored.empty()) {
    fmt::print(stderr, "{}: these change nothing here: {}\n", kName, fmt::join(line.ignored, ", "));
  }
  if (!line.notice.empty()) fmt::print(stderr, "{}: {}\n", kName, line.notice);
  std::vector<std::string> arguments = line.arguments;
  std::vector<char*> pointers{program};
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  return server_main(static_cast<int>(pointers.size()) - 1, pointers.data(), spec);
}

}  // namespace

bool is_memcached(const char* program) noexcept {
  const std::string_view path(program);
  return path.substr(path.rfind('/') + 1) == kName;
}

int memcached_main(int argc, char** argv, ServerSpec spec) {
  spec.name = kName;
  if (const char* path = std::getenv("MEMCACHED_PORT_FILENAME")) {
    spec.listening = [path = std::string(path)](const auto& addresses) {
      write_ports(path, addresses);
    };
  }
  const std::span<const char* const> arguments(argv, static_cast<size_t>(argc));
  const MemcachedCommandLine line = parse_memcached_flags(arguments.subspan(1), ::geteuid() == 0);
  if (line.action != MemcachedCommandLine::Action::kRun) return show(line.action);
  if (line.refusal) {
    fmt::print(stderr, "{}: {}\n", kName, line.refusal->sentence);
    return line.refusal->status;
  }
  return run(line, argv[0], spec);
}

}  // namespace pelikan
