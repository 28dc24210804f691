// What concerns the process as a whole.
#pragma once

#include <string>

#include "option/option.h"

namespace pelikan {

struct ProcessOptions : OptionGroup {
  Option<bool> allow_unauthenticated{
      this, "allow_unauthenticated", false,
      "may listen where other machines reach it, although nobody has to say who they are"};
  Option<std::string> pid_file{this, "pid_file", "", "file for the process id; empty: none"};
  Option<std::string> ports_file{
      this, "ports_file", "",
      "file for the ports that were really taken, as `name: number` lines; empty: none"};
};

}  // namespace pelikan
