// Preloaded into a server, makes the n-th of its calls fail: an allocation, an operation on a file
// or a mapping, a new descriptor, a new thread. test/integration/faults.py is the other end: it
// names the family of calls and n in a file that both have mapped, and reads there how many calls
// were made. Counting begins with main(): what the loader and the libraries do before is not ours.
//
// PELIKAN_FAULTS is the path of that file; without it every call goes through.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

enum Family : uint64_t { kNone, kAllocation, kFile, kDescriptor, kThread };

// The file's content. The test writes it, all threads of the server count in it; each word stands
// for itself, so relaxed.
struct Control {
  std::atomic<uint64_t> family;
  std::atomic<uint64_t> left;    // calls until one fails, that one counted; 0: none will
  std::atomic<uint64_t> calls;   // of the family
  std::atomic<uint64_t> failed;  // calls that were made to fail
};

Control* control = nullptr;           // set before main(), then only read
thread_local bool is_exempt = false;  // this thread's calls go through

bool is_due(Family family, int error) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  if (control == nullptr || is_exempt || control->family.load(kRelaxed) != family) return false;
  control->calls.fetch_add(1, kRelaxed);
  uint64_t left = control->left.load(kRelaxed);
  while (left != 0 && !control->left.compare_exchange_weak(left, left - 1, kRelaxed)) {
  }
  if (left != 1) return false;
  control->failed.fetch_add(1, kRelaxed);
  errno = error;
  return true;
}

template <class Function>
Function behind(Function /*type*/, const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}
// The function that the one of this library stands in front of.
#define NEXT(function)                                    \
  ([] {                                                   \
    static const auto f = behind(&(function), #function); \
    return f;                                             \
  }())

using Main = int (*)(int, char**, char**);
Main main_of_server = nullptr;

void attach() {
  const char* path = std::getenv("PELIKAN_FAULTS");
  const int fd = path == nullptr ? -1 : NEXT(open)(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void* place = NEXT(mmap)(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (place != MAP_FAILED) control = static_cast<Control*>(place);
}

int attach_and_run(int argc, char** argv, char** environment) {
  attach();
  return main_of_server(argc, argv, environment);
}

// jemalloc 5.3 crashes when a thread's first mapping fails. What else becomes of a mapping that it
// does not get are failed allocations, and those have a family of their own.
bool is_of_jemalloc(void* caller) {
  Dl_info info{};
  return ::dladdr(caller, &info) != 0 && info.dli_fname != nullptr &&
         std::strstr(info.dli_fname, "/libjemalloc.") != nullptr;
}

void* allocate(void* (*next)(size_t), size_t size) {
  if (is_due(kAllocation, ENOMEM)) throw std::bad_alloc();
  return next(size);
}
void* allocate(void* (*next)(size_t, std::align_val_t), size_t size, std::align_val_t alignment) {
  if (is_due(kAllocation, ENOMEM)) throw std::bad_alloc();
  return next(size, alignment);
}

using New = void* (*)(size_t);
using NewAligned = void* (*)(size_t, std::align_val_t);
using NewNothrow = void* (*)(size_t, const std::nothrow_t&);

}  // namespace

// Allocations. Not every operator new goes through malloc(): that of jemalloc does not.
void* operator new(size_t size) {
  static const auto next = behind(New{}, "_Znwm");
  return allocate(next, size);
}
void* operator new[](size_t size) {
  static const auto next = behind(New{}, "_Znam");
  return allocate(next, size);
}
void* operator new(size_t size, std::align_val_t alignment) {
  static const auto next = behind(NewAligned{}, "_ZnwmSt11align_val_t");
  return allocate(next, size, alignment);
}
void* operator new[](size_t size, std::align_val_t alignment) {
  static const auto next = behind(NewAligned{}, "_ZnamSt11align_val_t");
  return allocate(next, size, alignment);
}
void* operator new(size_t size, const std::nothrow_t& tag) noexcept {
  static const auto next = behind(NewNothrow{}, "_ZnwmRKSt9nothrow_t");
  return is_due(kAllocation, ENOMEM) ? nullptr : next(size, tag);
}
void* operator new[](size_t size, const std::nothrow_t& tag) noexcept {
  static const auto next = behind(NewNothrow{}, "_ZnamRKSt9nothrow_t");
  return is_due(kAllocation, ENOMEM) ? nullptr : next(size, tag);
}

extern "C" {

// The C library's name: NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
int __libc_start_main(Main main, int argc, char** argv, void (*init)(), void (*fini)(),
                      void (*loader_fini)(), void* stack_end) {
  static const auto next = behind(&__libc_start_main, "__libc_start_main");
  main_of_server = main;
  return next(&attach_and_run, argc, argv, init, fini, loader_fini, stack_end);
}

void* malloc(size_t size) noexcept {
  return is_due(kAllocation, ENOMEM) ? nullptr : NEXT(malloc)(size);
}
void* calloc(size_t count, size_t size) noexcept {
  return is_due(kAllocation, ENOMEM) ? nullptr : NEXT(calloc)(count, size);
}
void* realloc(void* place, size_t size) noexcept {
  return is_due(kAllocation, ENOMEM) ? nullptr : NEXT(realloc)(place, size);
}
void* aligned_alloc(size_t alignment, size_t size) noexcept {
  return is_due(kAllocation, ENOMEM) ? nullptr : NEXT(aligned_alloc)(alignment, size);
}
int posix_memalign(void** place, size_t alignment, size_t size) noexcept {
  return is_due(kAllocation, ENOMEM) ? ENOMEM : NEXT(posix_memalign)(place, alignment, size);
}

// Files and mappings.
void* mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset) noexcept {
  const bool fails = !is_of_jemalloc(__builtin_return_address(0)) && is_due(kFile, ENOMEM);
  return fails ? MAP_FAILED : NEXT(mmap)(at, size, protection, flags, fd, offset);
}
int msync(void* at, size_t size, int flags) {
  return is_due(kFile, EIO) ? -1 : NEXT(msync)(at, size, flags);
}
ssize_t pread(int fd, void* to, size_t size, off_t offset) {
  return is_due(kFile, EIO) ? -1 : NEXT(pread)(fd, to, size, offset);
}
ssize_t pwrite(int fd, const void* from, size_t size, off_t offset) {
  return is_due(kFile, ENOSPC) ? -1 : NEXT(pwrite)(fd, from, size, offset);
}
int fallocate(int fd, int mode, off_t offset, off_t size) {
  return is_due(kFile, ENOSPC) ? -1 : NEXT(fallocate)(fd, mode, offset, size);
}
int posix_fallocate(int fd, off_t offset, off_t size) {
  return is_due(kFile, ENOSPC) ? ENOSPC : NEXT(posix_fallocate)(fd, offset, size);
}
int ftruncate(int fd, off_t size) noexcept {
  return is_due(kFile, ENOSPC) ? -1 : NEXT(ftruncate)(fd, size);
}
int fsync(int fd) { return is_due(kFile, EIO) ? -1 : NEXT(fsync)(fd); }
int flock(int fd, int operation) noexcept {
  return is_due(kFile, ENOLCK) ? -1 : NEXT(flock)(fd, operation);
}
int fstat(int fd, struct stat* to) noexcept {
  return is_due(kFile, EIO) ? -1 : NEXT(fstat)(fd, to);
}
int fchmod(int fd, mode_t mode) noexcept {
  return is_due(kFile, EROFS) ? -1 : NEXT(fchmod)(fd, mode);
}
int rename(const char* from, const char* to) noexcept {
  return is_due(kFile, ENOSPC) ? -1 : NEXT(rename)(from, to);
}
int linkat(int from_fd, const char* from, int to_fd, const char* to, int flags) noexcept {
  return is_due(kFile, ENOSPC) ? -1 : NEXT(linkat)(from_fd, from, to_fd, to, flags);
}

// Descriptors.
int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return is_due(kDescriptor, EMFILE) ? -1 : NEXT(open)(path, flags, mode);
}
FILE* fopen(const char* path, const char* mode) {
  return is_due(kDescriptor, EMFILE) ? nullptr : NEXT(fopen)(path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  return is_due(kDescriptor, EMFILE) ? nullptr : NEXT(fopen64)(path, mode);
}
DIR* opendir(const char* path) {
  return is_due(kDescriptor, EMFILE) ? nullptr : NEXT(opendir)(path);
}
int socket(int domain, int type, int protocol) noexcept {
  return is_due(kDescriptor, EMFILE) ? -1 : NEXT(socket)(domain, type, protocol);
}
int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  return is_due(kDescriptor, EMFILE) ? -1 : NEXT(accept4)(fd, address, size, flags);
}
int eventfd(unsigned count, int flags) noexcept {
  return is_due(kDescriptor, EMFILE) ? -1 : NEXT(eventfd)(count, flags);
}
int epoll_create1(int flags) noexcept {
  return is_due(kDescriptor, EMFILE) ? -1 : NEXT(epoll_create1)(flags);
}
int timerfd_create(clockid_t clock, int flags) noexcept {
  return is_due(kDescriptor, EMFILE) ? -1 : NEXT(timerfd_create)(clock, flags);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                   void* argument) noexcept {
  return is_due(kThread, EAGAIN) ? EAGAIN : NEXT(pthread_create)(thread, attributes, run, argument);
}

// Asked by a sanitizer when a thread starts: it ends the process when this finds no memory.
int pthread_getattr_np(pthread_t thread, pthread_attr_t* attributes) noexcept {
  is_exempt = true;
  const int error = NEXT(pthread_getattr_np)(thread, attributes);
  is_exempt = false;
  return error;
}

}  // extern "C"
