#include "datapool/mmap_medium.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/setup_error.h"

namespace pelikan {

MmapMedium::MmapMedium(int file, uint64_t bytes) {
  void* mapping = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapping == MAP_FAILED) {
    throw SetupError(ExitCode::kSystem,
                     fmt::format("pool_path: the file cannot be mapped: {}", std::strerror(errno)));
  }
  bytes_ = {static_cast<std::byte*>(mapping), bytes};
}

MmapMedium::~MmapMedium() { ::munmap(bytes_.data(), bytes_.size()); }

int MmapMedium::persist(uint64_t offset, uint64_t size) noexcept {
  static const auto system_page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  const uint64_t begin = offset / system_page * system_page;
  return ::msync(bytes_.data() + begin, offset - begin + size, MS_SYNC) == 0 ? 0 : errno;
}

}  // namespace pelikan
