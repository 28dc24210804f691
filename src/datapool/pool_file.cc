#include "datapool/pool_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "datapool/available_memory.h"
#include "datapool/pool_error.h"

namespace pelikan {
namespace {

// O_NONBLOCK: the path may be a pipe or a device, which is refused only once it is open.
constexpr int kOpenFlags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

SetupError cannot_open(const std::string& path, int error) {
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      return pool_error(ExitCode::kNoPermission, path, "{}", std::strerror(error));
    case ELOOP:
      return pool_error(ExitCode::kNoInput, path, "{} (a symbolic link is not followed)",
                        std::strerror(error));
  }
  return pool_error(ExitCode::kNoInput, path, "{}", std::strerror(error));
}

// Who holds the lock of this file: "pid 1234", or "another process" when /proc does not
// say.
std::string holder_of(int file) {
  struct stat status {};
  ::fstat(file, &status);
  const std::string wanted =
      fmt::format("{:02x}:{:02x}:{}", major(status.st_dev), minor(status.st_dev), status.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, manner, access, place;
    long pid = 0;
    words >> number >> kind >> manner >> access >> pid >> place;
    if (kind == "FLOCK" && place == wanted && pid > 0) return fmt::format("pid {}", pid);
  }
  return "another process";
}

// Files of memory take it from what everybody has, and their file system may promise more than
// that.
bool is_of_memory(int file) noexcept {
  struct statfs system {};
  return ::fstatfs(file, &system) == 0 && system.f_type == TMPFS_MAGIC;
}

// Going beyond it would raise a signal.
bool exceeds_limit(uint64_t bytes) noexcept {
  rlimit limit{};
  return ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && bytes > limit.rlim_cur;
}

uint64_t free_bytes(int file) {
  struct statvfs system {};
  if (::fstatvfs(file, &system) != 0) return 0;
  const uint64_t free = system.f_bavail * system.f_frsize;
  return is_of_memory(file) ? std::min<uint64_t>(free, available_memory("/")) : free;
}

uint64_t reserved_bytes(int file) noexcept {
  struct stat status {};
  constexpr uint64_t kStatUnit = 512;
  return ::fstat(file, &status) == 0 ? static_cast<uint64_t>(status.st_blocks) * kStatUnit : 0;
}

// Reserves behind the file's end too, which stays where it is: what is in the file is a whole pool
// until it is formatted. 0, or an errno.
int reserve_space(int file, uint64_t bytes) {
  const uint64_t more = bytes - std::min(bytes, reserved_bytes(file));
  if (exceeds_limit(bytes)) return EFBIG;
  if (is_of_memory(file) && more > available_memory("/")) return ENOMEM;
  while (::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) != 0) {
    if (errno == EOPNOTSUPP) return 0;  // then resize() writes to every block
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

PoolFile::PoolFile(std::string path, mode_t mode) : path_(std::move(path)) {
  file_.reset(::open(path_.c_str(), kOpenFlags));
  if (!file_ && errno != ENOENT) throw cannot_open(path_, errno);
  if (!file_) make(mode);
  check_kind(mode);
  lock();
  struct stat status {};
  ::fstat(file_.get(), &status);  // under the lock: its last owner may have formatted it just now
  bytes_ = static_cast<uint64_t>(status.st_size);
}

PoolFile::~PoolFile() {
  if (name_ == Name::kTentative) ::unlink(path_.c_str());
}

// Without a name where the file system has that, so that not even a power cut leaves half a pool.
void PoolFile::make(mode_t mode) {
  file_.reset(::open(folder_of(path_).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
  name_ = Name::kNone;
  if (!file_ && (errno == EOPNOTSUPP || errno == EISDIR)) {
    file_.reset(::open(path_.c_str(), kOpenFlags | O_CREAT | O_EXCL, mode));
    if (file_) name_ = Name::kTentative;
  }
  if (!file_) {
    const bool is_denied = errno == EACCES || errno == EPERM || errno == EROFS;
    throw pool_error(is_denied ? ExitCode::kNoPermission : ExitCode::kCannotCreate, path_,
                     "cannot be made: {}", std::strerror(errno));
  }
  ::fchmod(file_.get(), mode);  // whatever the umask; what it gave is checked
}

void PoolFile::check_kind(mode_t mode) const {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) throw cannot_open(path_, errno);
  if (!S_ISREG(status.st_mode)) {
    throw pool_error(ExitCode::kNoInput, path_, "not a regular file");
  }
  if (status.st_uid != ::geteuid()) {
    throw pool_error(ExitCode::kNoPermission, path_,
                     "belongs to user {}, and this process is user {}", status.st_uid, ::geteuid());
  }
  constexpr mode_t kAllBits = 07777;
  constexpr mode_t kOwnerBits = S_IRUSR | S_IWUSR;
  const mode_t has = status.st_mode & kAllBits;
  if ((has & ~mode) != 0) {
    throw pool_error(ExitCode::kNoPermission, path_,
                     "permissions {:04o} allow more than pool_mode, {:04o}", has, mode);
  }
  if ((has & kOwnerBits) != kOwnerBits) {
    throw pool_error(ExitCode::kNoPermission, path_,
                     "permissions {:04o} do not let its owner read and write", has);
  }
}

void PoolFile::lock() const {
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK) {
    throw pool_error(ExitCode::kInUse, path_, "in use by {}", holder_of(file_.get()));
  }
  throw pool_error(ExitCode::kSystem, path_, "cannot be locked: {}", std::strerror(errno));
}

void PoolFile::read_start(std::span<std::byte> into) const {
  std::ranges::fill(into, std::byte{0});
  for (size_t at = 0; at < into.size();) {
    const ssize_t got =
        ::pread(file_.get(), into.data() + at, into.size() - at, static_cast<off_t>(at));
    if (got == 0) return;
    if (got < 0 && errno != EINTR) {
      throw pool_error(ExitCode::kIo, path_, "cannot be read: {}", std::strerror(errno));
    }
    at += static_cast<size_t>(std::max<ssize_t>(got, 0));
  }
}

void PoolFile::reserve(uint64_t bytes) {
  const int error = reserve_space(file_.get(), bytes);
  if (error == 0) return;
  const SetupError refusal = no_room(bytes, error);
  // If even that fails, others miss the space until the file goes.
  [[maybe_unused]] const int given_back = ::ftruncate(file_.get(), static_cast<off_t>(bytes_));
  throw refusal;
}

void PoolFile::resize(uint64_t bytes) {
  int error = 0;
  if (bytes < bytes_ && ::ftruncate(file_.get(), static_cast<off_t>(bytes)) != 0) error = errno;
  if (error == 0) {
    do {
      error = ::posix_fallocate(file_.get(), 0, static_cast<off_t>(bytes));
    } while (error == EINTR);
  }
  if (error != 0) throw no_room(bytes, error);
  bytes_ = bytes;
  sync();
}

SetupError PoolFile::no_room(uint64_t bytes, int error) const {
  return pool_error(ExitCode::kCannotCreate, path_, "cannot reserve {}: {} ({} free)",
                    bytes_text(bytes), std::strerror(error), bytes_text(free_bytes(file_.get())));
}

void PoolFile::write_start(std::span<const std::byte> bytes) {
  const ssize_t put = ::pwrite(file_.get(), bytes.data(), bytes.size(), 0);
  if (put != static_cast<ssize_t>(bytes.size())) {
    throw pool_error(ExitCode::kIo, path_, "cannot be written: {}",
                     std::strerror(put < 0 ? errno : ENOSPC));
  }
  sync();
}

void PoolFile::sync() const {
  if (::fsync(file_.get()) == 0) return;
  throw pool_error(ExitCode::kIo, path_, "sync failed at offset 0: {}", std::strerror(errno));
}

void PoolFile::publish() {
  if (name_ == Name::kOwn) return;
  if (name_ == Name::kNone) {
    const std::string unnamed = fmt::format("/proc/self/fd/{}", file_.get());
    if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      if (errno == EEXIST) {
        throw pool_error(ExitCode::kInUse, path_, "in use by another process, which made it first");
      }
      throw pool_error(ExitCode::kCannotCreate, path_, "cannot be made: {}", std::strerror(errno));
    }
  }
  name_ = Name::kOwn;
  const UniqueFd folder(::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) ::fsync(folder.get());  // a pool whose name is lost is a new one, not a wrong one
}

}  // namespace pelikan
