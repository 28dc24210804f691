// What a server says once it serves: one line on stdout for people and scripts, and a file of its
// ports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pelikan {

// One `name=value` of the line.
struct Fact {
  std::string_view name;
  std::string value;  // quoted in the line when it has blanks; left out when empty
};

// "pelikan_pingserver 0.1.0 ready: server=127.0.0.1:12321 admin=127.0.0.1:9999 ...", without line
// end.
[[nodiscard]] std::string ready_line(std::string_view name, std::string_view version,
                                     const std::vector<Fact>& facts);

// A port that is open, under its option's name.
struct OpenPort {
  std::string_view option;
  uint16_t port;
};

// Writes "server_port: 12321\n..." to `path`, replacing the file at once, so that a reader never
// sees half of it. Throws SetupError.
void write_ports_file(const std::string& path, const std::vector<OpenPort>& ports);

}  // namespace pelikan
