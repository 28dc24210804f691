// Greeting: what a connection sends before its first request: the version of the protocol it
// speaks, and who it is. Its answers are no requests' and are not measured.
//
// Thread safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "load/workload/mix.h"

namespace pelikan::load {

// Without a password nobody logs in.
struct Login {
  std::string user;
  std::string password;
};

struct Greeting {
  std::string bytes;
  uint32_t answers = 0;
  Verb verb = Verb::kFill;     // whose answers look the same
  std::string_view accepting;  // the first bytes of answers that are no refusal
};

}  // namespace pelikan::load
