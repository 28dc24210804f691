#include "service/memcache_auth.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <mutex>
#include <utility>

#include "base/bytes.h"
#include "base/setup_error.h"
#include "base/unique_fd.h"
#include "protocol/memcache/auth.h"

namespace pelikan {
namespace {

constexpr size_t kMaxFile = 64 * kKiB;

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
  throw SetupError(ExitCode::kConfig, fmt::format("auth_file {}: {}", path, why));
}

std::string read_file(const std::string& path, Log& log) {
  // Non-blocking, so that a pipe is told from a file instead of being waited for.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) refuse(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) refuse(path, "is no regular file");
  if ((status.st_mode & S_IROTH) != 0) {
    LOG_WARN(log, "auth_file {}: every user of this machine can read it", path);
  }
  std::string text(kMaxFile + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::read(file.get(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse(path, std::strerror(errno));
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  if (size > kMaxFile) refuse(path, fmt::format("has more than {} KiB", kMaxFile / kKiB));
  text.resize(size);
  return text;
}

bool can_be_sent(std::string_view word) noexcept {
  return !word.empty() && std::ranges::all_of(word, [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '\x7f';
  });
}

}  // namespace

MemcacheAuth::MemcacheAuth(const std::string& path, Log& log) : path_(path), log_(log) {
  if (is_required()) entries_ = read();
}

bool MemcacheAuth::admits(std::string_view user, std::string_view password) const {
  const Entry said{Secret(user), Secret(password)};
  const std::shared_lock lock(mutex_);
  unsigned matches = 0;
  for (const Entry& entry : entries_) {
    matches += static_cast<unsigned>(said.user == entry.user) &
               static_cast<unsigned>(said.password == entry.password);
  }
  return matches != 0;
}

void MemcacheAuth::reload() noexcept {
  if (!is_required()) return;
  try {
    std::vector<Entry> fresh = read();
    const std::unique_lock lock(mutex_);
    entries_.swap(fresh);
  } catch (const std::exception& error) {
    LOG_ERROR(log_, "{}; the names and passwords stay as they were", error.what());
  }
}

std::vector<MemcacheAuth::Entry> MemcacheAuth::read() const {
  const std::string text = read_file(path_, log_);
  std::vector<Entry> entries;
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    entries.push_back(parse_line(line, entries.size() + 1));
  }
  if (entries.empty()) refuse(path_, "names nobody");
  return entries;
}

MemcacheAuth::Entry MemcacheAuth::parse_line(std::string_view line, size_t number) const {
  // The line itself stays out of the sentence: it may have a password.
  const auto refuse_line = [&](std::string_view why) {
    refuse(path_, fmt::format("line {}: {}", number, why));
  };
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) refuse_line("is not user:password");
  const std::string_view user = line.substr(0, colon);
  const std::string_view password = line.substr(colon + 1);
  if (!can_be_sent(user)) refuse_line("the name is empty, or has spaces or control bytes");
  if (!can_be_sent(password)) refuse_line("the password is empty, or has spaces or control bytes");
  if (line.size() > memcache::kMaxAuthToken) {
    refuse_line(fmt::format("has more than {} bytes", memcache::kMaxAuthToken));
  }
  return {Secret(user), Secret(password)};
}

}  // namespace pelikan
