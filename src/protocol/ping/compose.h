// The ping protocol, messages to bytes. Each writes its message at `out` and returns the end.
#pragma once

#include <cstring>

#include "protocol/ping/parse.h"

namespace pelikan::ping {

// REQUIRES: kRequest.size() bytes at out
inline char* compose_request(char* out) noexcept {
  std::memcpy(out, kRequest.data(), kRequest.size());
  return out + kRequest.size();
}

// REQUIRES: kReply.size() bytes at out
inline char* compose_reply(char* out) noexcept {
  std::memcpy(out, kReply.data(), kReply.size());
  return out + kReply.size();
}

}  // namespace pelikan::ping
