// PoolOptions: where a server keeps its items, when that is a file.
#pragma once

#include <string>

#include "option/option.h"

namespace pelikan {

struct PoolOptions : OptionGroup {
  Option<std::string> path{this, "pool_path", "",
                           "file the items lie in, so that they survive a restart; empty: memory "
                           "of the process"};
  Option<Choice> on_dirty{this,
                          "pool_on_dirty",
                          "discard",
                          "a pool that was not closed cleanly: start empty, or refuse to start",
                          {"discard", "refuse"}};
  Option<Choice> on_mismatch{this,
                             "pool_on_mismatch",
                             "refuse",
                             "a pool of another version or other sizes: refuse to start, or "
                             "format it anew",
                             {"refuse", "discard"}};
  Option<Choice> verify{this,
                        "pool_verify",
                        "header",
                        "what is read before serving from a kept pool: superblocks and tables, or "
                        "every byte (a stop then checksums every byte)",
                        {"header", "full"}};
  Option<bool> prefault{this, "pool_prefault", true,
                        "map all pages of a pool that starts empty, before serving"};
  Option<std::string> mode{
      this, "pool_mode", "0600",
      "permissions of a new pool file, octal; one that allows more is refused"};
  Option<Choice> medium{this,
                        "pool_medium",
                        "auto",
                        "how writes are made durable: as the file's device is found to need, as "
                        "persistent memory or not at all, or by msync",
                        {"auto", "pmem", "mmap"}};
  Option<Choice> force_pmem{this,
                            "pool_force_pmem",
                            "no",
                            "`test` accepts PMEM_IS_PMEM_FORCE, which makes any file pass for "
                            "persistent memory: nothing is durable then",
                            {"no", "test"}};
  OneShot format{this, "format-pool", "destroy what is in the pool's file and start empty"};
};

}  // namespace pelikan
