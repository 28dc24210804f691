// What a client of memcached's text protocol says to tell who it is: a storage line in disguise,
//
//   set <anything> <anything> <anything> <bytes> [anything]\r\n<user> <password>\r\n
//
// Until it has said so, nothing else is understood. Source: memcached's doc/protocol.txt,
// "Authentication", and the behaviour of memcached 1.6.45.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pelikan::memcache {

// Of the token, "<user> <password>". A client that nobody knows gets no more memory than this.
inline constexpr size_t kMaxAuthToken = 1024;

enum class AuthStatus : uint8_t {
  kAttempt,         // user and password were read
  kIncomplete,      // come again with more bytes
  kOther,           // a line of something else: it is not looked at
  kBadTermination,  // what follows the token is no CR LF
  kBadToken,        // not two words
  kTooLong,         // the token will not be read
  kHangUp,          // another protocol, or a line without end
};

struct AuthAttempt {
  std::string_view user;      // into the input
  std::string_view password;  // into the input
  size_t size = 0;            // bytes of the input this attempt, or the line it is not, took
};

// Reads what stands at the start of `in`. Nothing is kept: what is not whole is asked for again.
[[nodiscard]] AuthStatus parse_auth(std::string_view in, AuthAttempt& attempt) noexcept;

// Cuts the next word off a line: spaces alone part words.
[[nodiscard]] std::string_view take_auth_word(std::string_view& line) noexcept;

}  // namespace pelikan::memcache
