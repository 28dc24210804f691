#include "protocol/resp/compose.h"

#include <array>

namespace pelikan::resp {

char* compose_double(char* to, ProtocolVersion version, double number) noexcept {
  std::array<char, kMaxDouble> text;
  const auto size = static_cast<size_t>(write_double(text.data(), number) - text.data());
  if (version == ProtocolVersion::k2) return compose_bulk(to, {text.data(), size});
  return compose_line(to, ',', {text.data(), size});
}

char* compose_big_number(char* to, ProtocolVersion version, std::string_view digits) noexcept {
  if (version == ProtocolVersion::k2) return compose_bulk(to, digits);
  return compose_line(to, '(', digits);
}

size_t request_bound(std::span<const std::string_view> args) noexcept {
  size_t bound = kMaxHead;
  for (const std::string_view argument : args) bound += kMaxHead + argument.size() + 2;
  return bound;
}

char* compose_request(char* to, std::span<const std::string_view> args) noexcept {
  to = compose_array_head(to, args.size());
  for (const std::string_view argument : args) to = compose_bulk(to, argument);
  return to;
}

}  // namespace pelikan::resp
