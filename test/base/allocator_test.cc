// Giving memory back to the kernel.
#include "base/allocator.h"

#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <fstream>
#include <memory>

#include "check.h"

namespace pelikan {
namespace {

constexpr size_t kBytes = 64 << 20;

size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  size_t all = 0;
  size_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

START_TEST(what_is_freed_does_not_go_back_at_once) {
  give_memory_back_slowly();
  auto memory = std::make_unique<char[]>(kBytes);
  std::memset(memory.get(), 1, kBytes);
  const size_t with = resident_bytes();
  memory.reset();
#ifdef PELIKAN_JEMALLOC
  ck_assert_uint_gt(resident_bytes() + kBytes / 2, with);
#else
  ck_assert_uint_ge(with, kBytes);
#endif
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("base/allocator", what_is_freed_does_not_go_back_at_once)
