// The options that the tests of this folder set, list and misspell.
#pragma once

#include "option/option_set.h"

namespace pelikan::test {

struct SegOptions : OptionGroup {
  Option<Bytes> memory{
      this, "seg_memory", {64 * kMiB}, "all memory of the store", {8 * kMiB, kTiB}};
  Option<Choice> eviction{this, "seg_eviction", "fifo", "what goes first", {"none", "fifo"}};
  Option<bool> cas{this, "seg_cas", true,
                   "keep a token per item for cas, gets and gats, 8 bytes each"};
  OneShot empty_it{this, "empty-it", "forget everything"};
};

struct ServerOptions : OptionGroup {
  Option<uint64_t> port{this, "server_port", 11211, "TCP port", {0, 65535}};
  Option<std::string> path{this, "server_unix_path", "", "unix-domain socket"};
  Option<std::chrono::milliseconds> timeout{this,
                                            "idle_timeout",
                                            std::chrono::minutes(1),
                                            "close idle ones",
                                            {std::chrono::seconds(0), std::chrono::hours(24)}};
  Option<int64_t> nice{this, "nice", 0, "priority", {-20, 19}};
};

struct SampleOptions {
  SegOptions seg;
  ServerOptions server;
  OptionSet all{{&seg, &server}};
};

}  // namespace pelikan::test
