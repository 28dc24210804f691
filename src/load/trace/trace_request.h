// One request of a trace, in whatever format it was recorded.
#pragma once

#include <cstdint>
#include <string_view>

#include "load/workload/mix.h"

namespace pelikan::load {

struct TraceRequest {
  int64_t time_ns = 0;      // from any point on, as recorded
  std::string_view key;     // valid until the next request is read
  uint32_t key_size = 0;    // as recorded, where `key` stands for another one; otherwise its size
  uint32_t value_size = 0;  // of the stored or returned value; 0 when not recorded
  uint64_t client = 0;      // who sent it; requests of one client keep their order
  Verb verb = Verb::kGet;
  int32_t ttl_s = 0;  // 0: none; below 0: over already
};

}  // namespace pelikan::load
