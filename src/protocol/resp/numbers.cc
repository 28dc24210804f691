#include "protocol/resp/numbers.h"

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/copy.h"

namespace pelikan::resp {
namespace {

constexpr size_t kLongestFloat = 5 * 1024;  // as Redis

}  // namespace

std::optional<long double> parse_long_double(std::string_view text) noexcept {
  if (text.empty() || text.size() >= kLongestFloat) return std::nullopt;
  std::array<char, kLongestFloat> copy;
  std::memcpy(copy.data(), text.data(), text.size());
  copy[text.size()] = '\0';
  if (copy[0] == ' ' || (copy[0] >= '\t' && copy[0] <= '\r')) return std::nullopt;
  char* end = nullptr;
  errno = 0;
  const long double number = std::strtold(copy.data(), &end);
  if (end != copy.data() + text.size() || std::isnan(number)) return std::nullopt;
  const bool is_huge = std::isinf(number) || number == 0;
  if (errno == ERANGE && is_huge) return std::nullopt;
  return number;
}

char* write_long_double(char* to, long double number) noexcept {
  if (std::isinf(number)) return write_text(to, number > 0 ? "inf" : "-inf");
  const int size = std::snprintf(to, kMaxLongDouble, "%.17Lf", number);
  char* end = to + size;
  while (end[-1] == '0') --end;
  if (end[-1] == '.') --end;
  if (std::string_view(to, static_cast<size_t>(end - to)) == "-0") return write_text(to, "0");
  return end;
}

char* write_double(char* to, double number) noexcept {
  if (std::isnan(number)) return write_text(to, "nan");
  if (std::isinf(number)) return write_text(to, number > 0 ? "inf" : "-inf");
  return std::to_chars(to, to + kMaxDouble, number).ptr;
}

}  // namespace pelikan::resp
