// What concerns the process as a whole.
#pragma once

#include <string>

#include "option/option.h"

namespace pelikan {

struct ProcessOptions : OptionGroup {
  Option<bool> allow_unauthenticated{
      this, "allow_unauthenticated", false,
      "may listen where other machines reach it, although nobody has to say who they are"};
  Option<std::string> user{
      this, "user", "",
      "user to become when started by root, who needs one to let other machines in; "
      "empty: as who started it"};
  Option<bool> daemonize{
      this, "daemonize", false,
      "leave the terminal once it serves; what is logged then needs debug_log_file"};
  Option<bool> lock_memory{this, "lock_memory", false,
                           "keep all memory of the process out of swap; where the system does not "
                           "let it, a warning says so"};
  Option<bool> core_dumps{
      this, "core_dumps", false,
      "write core files, as large as the process may, also of a server that has "
      "passwords or keys; without it such a server writes none"};
  Option<std::string> pid_file{this, "pid_file", "", "file for the process id; empty: none"};
  Option<std::string> ports_file{
      this, "ports_file", "",
      "file for the ports that were really taken, as `name: number` lines; empty: none"};
};

}  // namespace pelikan
