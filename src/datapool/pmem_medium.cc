#include "datapool/pmem_medium.h"

#ifdef PELIKAN_PMEM
#include <fmt/format.h>
#include <libpmem.h>

#include "base/setup_error.h"
#endif

#include "datapool/heap_copy.h"

namespace pelikan {

#ifdef PELIKAN_PMEM

bool PmemMedium::is_built_in() noexcept { return true; }

std::unique_ptr<PmemMedium> PmemMedium::map(int file) {
  // libpmem opens by name. Of length 0 and without flags: it would resize the file otherwise.
  const std::string name = fmt::format("/proc/self/fd/{}", file);
  size_t size = 0;
  int is_pmem = 0;
  void* mapping = ::pmem_map_file(name.c_str(), 0, 0, 0, &size, &is_pmem);
  if (mapping == nullptr) {
    throw SetupError(ExitCode::kSystem,
                     fmt::format("pool_path: the file cannot be mapped: {}", ::pmem_errormsg()));
  }
  if (is_pmem == 0) {
    ::pmem_unmap(mapping, size);
    return nullptr;
  }
  return std::unique_ptr<PmemMedium>(
      new PmemMedium(std::span(static_cast<std::byte*>(mapping), size)));
}

PmemMedium::~PmemMedium() { ::pmem_unmap(bytes_.data(), bytes_.size()); }

int PmemMedium::persist(uint64_t offset, uint64_t size) noexcept {
  ::pmem_persist(bytes_.data() + offset, size);
  return 0;
}

void HeapCopy::stream(void* to, const void* from, size_t size) noexcept {
  ::pmem_memcpy(to, from, size, PMEM_F_MEM_NONTEMPORAL | PMEM_F_MEM_NODRAIN);
}

void HeapCopy::fence() noexcept { ::pmem_drain(); }

#else

bool PmemMedium::is_built_in() noexcept { return false; }
std::unique_ptr<PmemMedium> PmemMedium::map(int) { return nullptr; }
PmemMedium::~PmemMedium() = default;
int PmemMedium::persist(uint64_t, uint64_t) noexcept { return 0; }
// Of no use to a build that never finds persistent memory, but right.
void HeapCopy::stream(void* to, const void* from, size_t size) noexcept {
  std::memcpy(to, from, size);
}
void HeapCopy::fence() noexcept {}

#endif

}  // namespace pelikan
