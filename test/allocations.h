// Counts every call of malloc in the process. It replaces malloc, so it is included by the one
// source of a test program.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace pelikan::test {

// relaxed: read when the threads that counted have answered.
inline std::atomic<size_t> allocations{0};

}  // namespace pelikan::test

// A sanitizer's allocator cannot be stood in for; its builds run the traffic without the count.
#ifndef PELIKAN_SANITIZE
static void count_allocation() noexcept {
  pelikan::test::allocations.fetch_add(1, std::memory_order_relaxed);
}

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the C library's names
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void __libc_free(void*);
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

void* malloc(size_t bytes) {
  count_allocation();
  return __libc_malloc(bytes);
}
void* calloc(size_t count, size_t bytes) {
  count_allocation();
  return __libc_calloc(count, bytes);
}
void* realloc(void* memory, size_t bytes) {
  count_allocation();
  return __libc_realloc(memory, bytes);
}
void* aligned_alloc(size_t alignment, size_t bytes) {
  count_allocation();
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** memory, size_t alignment, size_t bytes) noexcept {
  count_allocation();
  *memory = __libc_memalign(alignment, bytes);
  return *memory == nullptr ? 12 : 0;  // ENOMEM
}
void free(void* memory) { __libc_free(memory); }
}

// jemalloc brings operators of its own, which would go past the functions above.
void* operator new(size_t bytes) { return std::malloc(bytes); }
void* operator new[](size_t bytes) { return std::malloc(bytes); }
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return std::malloc(bytes); }
void* operator new(size_t bytes, std::align_val_t alignment) {
  return aligned_alloc(static_cast<size_t>(alignment), bytes);
}
void* operator new[](size_t bytes, std::align_val_t alignment) {
  return aligned_alloc(static_cast<size_t>(alignment), bytes);
}
void operator delete(void* memory) noexcept { free(memory); }
void operator delete[](void* memory) noexcept { free(memory); }
void operator delete(void* memory, size_t) noexcept { free(memory); }
void operator delete[](void* memory, size_t) noexcept { free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { free(memory); }
void operator delete[](void* memory, size_t, std::align_val_t) noexcept { free(memory); }
#endif
