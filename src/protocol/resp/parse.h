// Reads requests of the Redis protocol, in both of their forms: arrays of bulk strings, and lines
// of words that people type ("inline"). Nothing is kept between two calls: a request that is not
// whole is asked for again with more behind it; gather.h has those that are too long for that.
//
// Source: the protocol's specification at redis.io, and what redis-server 7.0 answers to bytes that
// break it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/resp/request.h"

namespace pelikan::resp {

// A line that is not whole is waited for up to this many bytes: less than a connection's input
// holds, so that an inline request never needs more.
inline constexpr size_t kMaxLine = 64'000;
inline constexpr uint64_t kMaxBulk = uint64_t{512} << 20;  // proto-max-bulk-len of Redis
// What a client that has not authenticated may announce.
inline constexpr uint64_t kMaxUnauthenticatedArguments = 10;
inline constexpr uint64_t kMaxUnauthenticatedBulk = 16'384;
// The fewest bytes an argument takes: "$0", line end, line end.
inline constexpr size_t kMinArgument = 6;

struct Limits {
  uint64_t argument = kMaxBulk;  // longer ones are understood, but is_too_long()
  bool is_authenticated = true;
};

enum class ParseStatus : uint8_t {
  kRequest,
  kNothing,        // an empty line, an array of nothing: consumed, not to be answered
  kIncomplete,     // come again with more bytes
  kProtocolError,  // answer it, then close: the rest of the stream cannot be understood
  kHangUp,         // a browser speaks: close without a word
};

enum class ProtocolError : uint8_t {
  kInvalidMultibulkLength,
  kUnauthenticatedMultibulkLength,
  kTooBigMultibulkCount,
  kInvalidBulkLength,
  kUnauthenticatedBulkLength,
  kTooBigBulkCount,
  kExpectedDollar,
  kUnbalancedQuotes,
  kTooBigInline,
};

struct Parsed {
  ParseStatus status;
  ProtocolError error{};  // kProtocolError
  char got = 0;           // kExpectedDollar: what stood there
  // kNothing: bytes that were consumed. kIncomplete: a lower bound of the whole request's size,
  // more than there were; it is in vain to ask before.
  uint64_t size = 0;
};

// The request at the start of `in`, its arguments behind those that are there already. The request
// is filled for kRequest only, the arguments are as before otherwise.
[[nodiscard]] Parsed parse_request(std::string_view in, const Limits& limits, Arguments& arguments,
                                   Request& request);

// "ERR Protocol error: ..." for compose_error(). REQUIRES: kMaxProtocolErrorText bytes at `to`
inline constexpr size_t kMaxProtocolErrorText = 80;
[[nodiscard]] std::string_view protocol_error_text(char* to, ProtocolError error,
                                                   char got) noexcept;

// What parse.cc and gather.cc both read. `in` begins with the type byte, '*' or '$'.
struct ParsedHead {
  ParseStatus status;  // kRequest: the line is whole, kIncomplete, kProtocolError
  ProtocolError error{};
  char got = 0;
  int64_t number = 0;
  size_t size = 0;  // with the line end
};
[[nodiscard]] ParsedHead parse_multibulk_head(std::string_view in, const Limits& limits) noexcept;
[[nodiscard]] ParsedHead parse_bulk_head(std::string_view in, const Limits& limits) noexcept;

// A word that only a browser sends as a command: an attempt to speak through one.
[[nodiscard]] bool is_browser_word(std::string_view name) noexcept;

}  // namespace pelikan::resp
