#include "datapool/media.h"

#include <cstdlib>

#include "datapool/mmap_medium.h"
#include "datapool/pmem_medium.h"
#include "datapool/pool_error.h"
#include "log/log.h"

namespace pelikan {
namespace {

constexpr std::string_view kForced = "PMEM_IS_PMEM_FORCE";

// libpmem then believes every file to be persistent memory, and no write to a disk is waited for.
bool is_forced() noexcept {
  const char* force = std::getenv(kForced.data());
  return force != nullptr && std::string_view(force) == "1";
}

std::unique_ptr<PoolMedium> map_as(const PoolOptions& options, Log& log, int file, uint64_t bytes) {
  const std::string& path = options.path.get();
  const bool needs_pmem = options.medium.get() == "pmem";
  if (needs_pmem && !PmemMedium::is_built_in()) {
    throw pool_error(ExitCode::kConfig, path, "pool_medium=pmem, and this build has no libpmem");
  }
  if (auto pmem = PmemMedium::map(file)) {
    LOG_INFO(log, "pool {}: persistent memory, written past the caches by libpmem", path);
    return pmem;
  }
  if (needs_pmem) {
    throw pool_error(ExitCode::kConfig, path,
                     "pool_medium=pmem, and the file is not on persistent memory");
  }
  LOG_INFO(log, "pool {}: not persistent memory{}, made durable by msync", path,
           PmemMedium::is_built_in() ? "" : " (no libpmem in this build to find it)");
  return std::make_unique<MmapMedium>(file, bytes);
}

}  // namespace

MapMedium choose_medium(const PoolOptions& options, Log& log) {
  if (options.medium.get() == "mmap") {
    return [](int file, uint64_t bytes) { return std::make_unique<MmapMedium>(file, bytes); };
  }
  if (is_forced()) {
    if (options.force_pmem.get() != "test") {
      throw pool_error(ExitCode::kConfig, options.path.get(),
                       "{} is set, with which any file passes for persistent memory and nothing is "
                       "durable; unset it (pool_force_pmem=test accepts it, for tests)",
                       kForced);
    }
    LOG_WARN(log, "pool {}: {} is set: nothing written to it is durable", options.path.get(),
             kForced);
  }
  return [&options, &log](int file, uint64_t bytes) { return map_as(options, log, file, bytes); };
}

}  // namespace pelikan
