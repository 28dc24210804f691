// Replies of memcached's text protocol: the lines that never change, and a reply as a client reads
// it. Source of the texts: memcached's doc/protocol.txt and the replies of memcached 1.6.45.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pelikan::memcache {

enum class Reply : uint8_t {
  kStored,
  kNotStored,
  kExists,
  kNotFound,
  kDeleted,
  kTouched,
  kOk,
  kReset,
  kEnd,
  kMetaNoop,
  kError,
  kBadFormat,
  kBadDataChunk,
  kInvalidExptime,
  kInvalidDelta,
  kNotNumber,
  kFlushNotAllowed,
  kInvalidFlag,
  kDuplicateFlag,
  kInvalidOrDuplicateFlag,
  kTooManyFlags,
  kBadToken,
  kBadKeyEncoding,
  kOpaqueTooLong,
  kInvalidSetMode,
  kInvalidArithmeticMode,
  kTooLarge,
  kNoMemory,
  kNoMemoryForGet,
  kNoMemoryForStats,
  kUnauthenticated,
  kAuthFailure,
  kBadAuthToken,
  kBadTermination,
  kAuthTokenTooLong,
  kTooManyConnections,
};

// The line of a reply, with its CR LF.
[[nodiscard]] constexpr std::string_view reply_line(Reply reply) noexcept {
  switch (reply) {
    case Reply::kStored:
      return "STORED\r\n";
    case Reply::kNotStored:
      return "NOT_STORED\r\n";
    case Reply::kExists:
      return "EXISTS\r\n";
    case Reply::kNotFound:
      return "NOT_FOUND\r\n";
    case Reply::kDeleted:
      return "DELETED\r\n";
    case Reply::kTouched:
      return "TOUCHED\r\n";
    case Reply::kOk:
      return "OK\r\n";
    case Reply::kReset:
      return "RESET\r\n";
    case Reply::kEnd:
      return "END\r\n";
    case Reply::kMetaNoop:
      return "MN\r\n";
    case Reply::kError:
      return "ERROR\r\n";
    case Reply::kBadFormat:
      return "CLIENT_ERROR bad command line format\r\n";
    case Reply::kBadDataChunk:
      return "CLIENT_ERROR bad data chunk\r\n";
    case Reply::kInvalidExptime:
      return "CLIENT_ERROR invalid exptime argument\r\n";
    case Reply::kInvalidDelta:
      return "CLIENT_ERROR invalid numeric delta argument\r\n";
    case Reply::kNotNumber:
      return "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n";
    case Reply::kFlushNotAllowed:
      return "CLIENT_ERROR flush_all not allowed\r\n";
    case Reply::kInvalidFlag:
      return "CLIENT_ERROR invalid flag\r\n";
    case Reply::kDuplicateFlag:
      return "CLIENT_ERROR duplicate flag\r\n";
    case Reply::kInvalidOrDuplicateFlag:
      return "CLIENT_ERROR invalid or duplicate flag\r\n";
    case Reply::kTooManyFlags:
      return "CLIENT_ERROR options flags are too long\r\n";
    case Reply::kBadToken:
      return "CLIENT_ERROR bad token in command line format\r\n";
    case Reply::kBadKeyEncoding:
      return "CLIENT_ERROR error decoding key\r\n";
    case Reply::kOpaqueTooLong:
      return "CLIENT_ERROR opaque token too long\r\n";
    case Reply::kInvalidSetMode:
      return "CLIENT_ERROR invalid mode for ms M token\r\n";
    case Reply::kInvalidArithmeticMode:
      return "CLIENT_ERROR invalid mode for ma M token\r\n";
    case Reply::kTooLarge:
      return "SERVER_ERROR object too large for cache\r\n";
    case Reply::kNoMemory:
      return "SERVER_ERROR out of memory storing object\r\n";
    case Reply::kNoMemoryForGet:
      return "SERVER_ERROR out of memory writing get response\r\n";
    case Reply::kNoMemoryForStats:
      return "SERVER_ERROR out of memory writing stats\r\n";
    case Reply::kUnauthenticated:
      return "CLIENT_ERROR unauthenticated\r\n";
    case Reply::kAuthFailure:
      return "CLIENT_ERROR authentication failure\r\n";
    case Reply::kBadAuthToken:
      return "CLIENT_ERROR bad authentication token format\r\n";
    case Reply::kBadTermination:
      return "CLIENT_ERROR bad command line termination\r\n";
    case Reply::kAuthTokenTooLong:
      return "CLIENT_ERROR auth token too long\r\n";
    case Reply::kTooManyConnections:
      return "ERROR Too many open connections\r\n";
  }
  return {};
}

inline constexpr size_t kReplyCount = static_cast<size_t>(Reply::kTooManyConnections) + 1;
inline constexpr size_t kMaxReplyLine = 64;  // no fixed line is longer

// One reply as a client sees it; a get's answer is several: a kValue for each hit, then the line
// END.
enum class ReplyKind : uint8_t {
  kLine,     // one of the fixed lines that are no error: `line`
  kValue,    // VALUE: key, flags, text = the bytes, number = cas (gets, gats)
  kNumber,   // of incr and decr: number
  kStat,     // STAT: key = name, text = value
  kVersion,  // text
  kError,    // ERROR, CLIENT_ERROR or SERVER_ERROR: text = the whole line
};

struct ParsedReply {
  ReplyKind kind = ReplyKind::kError;
  Reply line = Reply::kError;
  uint32_t flags = 0;
  uint64_t number = 0;
  std::string_view key;   // into the input
  std::string_view text;  // into the input
  size_t size = 0;        // bytes of the input this reply took
};

}  // namespace pelikan::memcache
