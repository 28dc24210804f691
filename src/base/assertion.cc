#include "base/assertion.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace pelikan {
namespace {

void write_text(const char* text, size_t size) noexcept {
  // Nothing is left to be done about a failing stderr here.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, size);
}

}  // namespace

void check_failed(const char* file, int line, const char* condition) noexcept {
  char digits[16];
  const auto number = std::to_chars(digits, digits + sizeof digits, line);
  write_text(file, std::strlen(file));
  write_text(":", 1);
  write_text(digits, static_cast<size_t>(number.ptr - digits));
  write_text(": CHECK failed: ", 16);
  write_text(condition, std::strlen(condition));
  write_text("\n", 1);
  std::abort();
}

}  // namespace pelikan
