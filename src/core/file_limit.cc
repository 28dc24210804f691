#include "core/file_limit.h"

#include <sys/resource.h>

#include <algorithm>

namespace pelikan {

uint64_t raise_file_limit(uint64_t files) noexcept {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= files) return limit.rlim_cur;
  const rlimit wanted{.rlim_cur = files, .rlim_max = std::max<rlim_t>(limit.rlim_max, files)};
  if (::setrlimit(RLIMIT_NOFILE, &wanted) == 0) return files;
  const rlimit allowed{.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
  return ::setrlimit(RLIMIT_NOFILE, &allowed) == 0 ? allowed.rlim_cur : limit.rlim_cur;
}

}  // namespace pelikan
