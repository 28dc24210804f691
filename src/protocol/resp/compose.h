// Writes the Redis protocol: a server's replies in both versions, inline because they are written
// once per request, and a client's requests.
//
// All functions write at `to` and return where they stopped; how much room they need, each says.
// Heads of aggregates are followed by their elements: a map's by a key, a value, ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "protocol/resp/error.h"
#include "protocol/resp/numbers.h"

namespace pelikan::resp {

enum class ProtocolVersion : uint8_t { k2 = 2, k3 = 3 };

// The longest head: a type byte, a number, CR LF. Every function that takes no text needs so much.
inline constexpr size_t kMaxHead = 1 + kMaxInteger + 2;

// Fixed bytes, such as "+OK\r\n".
template <size_t N>
inline char* compose_fixed(char* to, const char (&bytes)[N]) noexcept {
  std::memcpy(to, bytes, N - 1);
  return to + (N - 1);
}
inline char* compose_ok(char* to) noexcept { return compose_fixed(to, "+OK\r\n"); }

inline char* compose_head(char* to, char type, int64_t number) noexcept {
  *to = type;
  to = write_integer(to + 1, number);
  std::memcpy(to, "\r\n", 2);
  return to + 2;
}

inline char* compose_line(char* to, char type, std::string_view text) noexcept {
  *to++ = type;
  std::memcpy(to, text.data(), text.size());
  to += text.size();
  std::memcpy(to, "\r\n", 2);
  return to + 2;
}
// Room: text.size() + 3. REQUIRES: no CR or LF in the text; for errors see also error_from_user()
inline char* compose_simple(char* to, std::string_view text) noexcept {
  return compose_line(to, '+', text);
}
inline char* compose_error(char* to, std::string_view text) noexcept {
  return compose_line(to, '-', text);
}
inline char* compose_error(char* to, Error error) noexcept {
  return compose_error(to, error_text(error));
}
inline char* compose_integer(char* to, int64_t number) noexcept {
  return compose_head(to, ':', number);
}

// `size` bytes follow, and CR LF.
inline char* compose_bulk_head(char* to, size_t size) noexcept {
  return compose_head(to, '$', static_cast<int64_t>(size));
}
// Room: kMaxHead + text.size() + 2
inline char* compose_bulk(char* to, std::string_view text) noexcept {
  to = compose_bulk_head(to, text.size());
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  to += text.size();
  std::memcpy(to, "\r\n", 2);
  return to + 2;
}

inline char* compose_null(char* to, ProtocolVersion version) noexcept {
  return version == ProtocolVersion::k3 ? compose_fixed(to, "_\r\n") : compose_fixed(to, "$-1\r\n");
}
// Where an array could have been.
inline char* compose_null_array(char* to, ProtocolVersion version) noexcept {
  return version == ProtocolVersion::k3 ? compose_fixed(to, "_\r\n") : compose_fixed(to, "*-1\r\n");
}

inline char* compose_array_head(char* to, size_t elements) noexcept {
  return compose_head(to, '*', static_cast<int64_t>(elements));
}
inline char* compose_map_head(char* to, ProtocolVersion version, size_t pairs) noexcept {
  return version == ProtocolVersion::k3 ? compose_head(to, '%', static_cast<int64_t>(pairs))
                                        : compose_array_head(to, 2 * pairs);
}
inline char* compose_set_head(char* to, ProtocolVersion version, size_t elements) noexcept {
  return compose_head(to, version == ProtocolVersion::k3 ? '~' : '*',
                      static_cast<int64_t>(elements));
}
inline char* compose_push_head(char* to, ProtocolVersion version, size_t elements) noexcept {
  return compose_head(to, version == ProtocolVersion::k3 ? '>' : '*',
                      static_cast<int64_t>(elements));
}
// Pairs that are no part of the reply behind them. REQUIRES: version 3
inline char* compose_attribute_head(char* to, size_t pairs) noexcept {
  return compose_head(to, '|', static_cast<int64_t>(pairs));
}

inline char* compose_boolean(char* to, ProtocolVersion version, bool value) noexcept {
  if (version == ProtocolVersion::k2) return compose_integer(to, value ? 1 : 0);
  return value ? compose_fixed(to, "#t\r\n") : compose_fixed(to, "#f\r\n");
}
// Room: kMaxHead + kMaxDouble + 2
[[nodiscard]] char* compose_double(char* to, ProtocolVersion version, double number) noexcept;
// A number of any size, given in decimal. Room: kMaxHead + digits.size() + 2
[[nodiscard]] char* compose_big_number(char* to, ProtocolVersion version,
                                       std::string_view digits) noexcept;
// Text for people; `size` bytes of it follow, and CR LF. Room: kMaxHead + 4
inline char* compose_verbatim_head(char* to, ProtocolVersion version, size_t size) noexcept {
  if (version == ProtocolVersion::k2) return compose_bulk_head(to, size);
  to = compose_head(to, '=', static_cast<int64_t>(size + 4));
  return compose_fixed(to, "txt:");
}

// Bytes of a client's text as an error's may have them: control bytes that would end the line
// become spaces. Room: text.size()
inline char* copy_into_line(char* to, std::string_view text) noexcept {
  for (const char byte : text) *to++ = byte == '\r' || byte == '\n' ? ' ' : byte;
  return to;
}

// A request as a client sends it.
[[nodiscard]] size_t request_bound(std::span<const std::string_view> args) noexcept;
// Room: request_bound(args)
[[nodiscard]] char* compose_request(char* to, std::span<const std::string_view> args) noexcept;

}  // namespace pelikan::resp
