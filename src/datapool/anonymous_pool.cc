#include "datapool/anonymous_pool.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"
#include "base/setup_error.h"
#include "datapool/available_memory.h"
#include "datapool/pages.h"

namespace pelikan {
namespace {

[[noreturn]] void refuse(std::string_view name, size_t bytes, std::string_view why) {
  throw SetupError(ExitCode::kSystem, fmt::format("{}: {} MiB of memory cannot be had: {}", name,
                                                  (bytes + kMiB - 1) / kMiB, why));
}

// Makes every page present; false, with errno, when the system has none left.
bool populate(std::span<std::byte> bytes) noexcept {
#ifdef MADV_POPULATE_WRITE
  if (::madvise(bytes.data(), bytes.size(), MADV_POPULATE_WRITE) == 0) return true;
  if (errno != EINVAL) return false;  // EINVAL: a kernel before 5.14
#endif
  std::memset(bytes.data(), 0, bytes.size());
  return true;
}

}  // namespace

AnonymousPool::AnonymousPool(std::string_view name, size_t bytes, const Terms& terms)
    : mapped_bytes_(round_up(bytes, kHugePage) + kHugePage) {
  const size_t available = available_memory("/");
  if (terms.prefault && bytes > available) {
    refuse(name, bytes, fmt::format("{} MiB are available", available / kMiB));
  }
  void* mapping = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) refuse(name, bytes, std::strerror(errno));
  mapping_ = static_cast<std::byte*>(mapping);
  const auto address = reinterpret_cast<uintptr_t>(mapping_);
  bytes_ = {mapping_ + (round_up(address, kHugePage) - address), bytes};
  // A process that may not be dumped has secrets; its items stay out of core files also if that
  // flag comes back.
  if (::prctl(PR_GET_DUMPABLE) != 1) ::madvise(mapping_, mapped_bytes_, MADV_DONTDUMP);
  // Without huge pages the pool is slower, not wrong: what madvise answers does not matter.
  if (terms.huge_pages) ::madvise(bytes_.data(), round_up(bytes, kHugePage), MADV_HUGEPAGE);
  if (terms.prefault && !populate(bytes_)) {
    const int error = errno;
    ::munmap(mapping_, mapped_bytes_);
    refuse(name, bytes, std::strerror(error));
  }
}

void AnonymousPool::forget(size_t offset, size_t size) noexcept {
  static const auto system_page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const size_t begin = round_up(offset, system_page);
  const size_t end = (offset + size) / system_page * system_page;
  // Locked memory stays where it is, and that is what its owner asked for.
  if (begin < end) ::madvise(bytes_.data() + begin, end - begin, MADV_DONTNEED);
}

AnonymousPool::~AnonymousPool() { ::munmap(mapping_, mapped_bytes_); }

}  // namespace pelikan
