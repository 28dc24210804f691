// CHECK and DCHECK: programmer errors end the process with the place and the condition on stderr.
// CHECK is always on; DCHECK only in builds without NDEBUG. Neither is for bad input or a full
// disk.
#pragma once

namespace pelikan {

// Writes "file:line: CHECK failed: condition" to stderr and aborts. Async-signal-safe.
[[noreturn]] void check_failed(const char* file, int line, const char* condition) noexcept;

}  // namespace pelikan

#define CHECK(condition)                        \
  (__builtin_expect(!!(condition), 1) ? (void)0 \
                                      : ::pelikan::check_failed(__FILE__, __LINE__, #condition))

#ifdef NDEBUG
#define DCHECK(condition) ((void)sizeof(!(condition)))
#else
#define DCHECK(condition) CHECK(condition)
#endif
