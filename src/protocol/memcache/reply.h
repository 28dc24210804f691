// Replies of memcached's text protocol: the lines that never change, and a reply as a client reads
// it. Source of the texts: memcached's doc/protocol.txt and the replies of memcached 1.6.45.
#pragma once

#include <array>
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

struct ReplyText {
  Reply reply;
  std::string_view line;  // with its CR LF
};

inline constexpr auto kReplyTexts = std::to_array<ReplyText>({
    {Reply::kStored, "STORED\r\n"},
    {Reply::kNotStored, "NOT_STORED\r\n"},
    {Reply::kExists, "EXISTS\r\n"},
    {Reply::kNotFound, "NOT_FOUND\r\n"},
    {Reply::kDeleted, "DELETED\r\n"},
    {Reply::kTouched, "TOUCHED\r\n"},
    {Reply::kOk, "OK\r\n"},
    {Reply::kReset, "RESET\r\n"},
    {Reply::kEnd, "END\r\n"},
    {Reply::kMetaNoop, "MN\r\n"},
    {Reply::kError, "ERROR\r\n"},
    {Reply::kBadFormat, "CLIENT_ERROR bad command line format\r\n"},
    {Reply::kBadDataChunk, "CLIENT_ERROR bad data chunk\r\n"},
    {Reply::kInvalidExptime, "CLIENT_ERROR invalid exptime argument\r\n"},
    {Reply::kInvalidDelta, "CLIENT_ERROR invalid numeric delta argument\r\n"},
    {Reply::kNotNumber, "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"},
    {Reply::kFlushNotAllowed, "CLIENT_ERROR flush_all not allowed\r\n"},
    {Reply::kInvalidFlag, "CLIENT_ERROR invalid flag\r\n"},
    {Reply::kDuplicateFlag, "CLIENT_ERROR duplicate flag\r\n"},
    {Reply::kInvalidOrDuplicateFlag, "CLIENT_ERROR invalid or duplicate flag\r\n"},
    {Reply::kTooManyFlags, "CLIENT_ERROR options flags are too long\r\n"},
    {Reply::kBadToken, "CLIENT_ERROR bad token in command line format\r\n"},
    {Reply::kBadKeyEncoding, "CLIENT_ERROR error decoding key\r\n"},
    {Reply::kOpaqueTooLong, "CLIENT_ERROR opaque token too long\r\n"},
    {Reply::kInvalidSetMode, "CLIENT_ERROR invalid mode for ms M token\r\n"},
    {Reply::kInvalidArithmeticMode, "CLIENT_ERROR invalid mode for ma M token\r\n"},
    {Reply::kTooLarge, "SERVER_ERROR object too large for cache\r\n"},
    {Reply::kNoMemory, "SERVER_ERROR out of memory storing object\r\n"},
    {Reply::kNoMemoryForGet, "SERVER_ERROR out of memory writing get response\r\n"},
    {Reply::kNoMemoryForStats, "SERVER_ERROR out of memory writing stats\r\n"},
    {Reply::kUnauthenticated, "CLIENT_ERROR unauthenticated\r\n"},
    {Reply::kAuthFailure, "CLIENT_ERROR authentication failure\r\n"},
    {Reply::kBadAuthToken, "CLIENT_ERROR bad authentication token format\r\n"},
    {Reply::kBadTermination, "CLIENT_ERROR bad command line termination\r\n"},
    {Reply::kAuthTokenTooLong, "CLIENT_ERROR auth token too long\r\n"},
    {Reply::kTooManyConnections, "ERROR Too many open connections\r\n"},
});
inline constexpr size_t kReplyCount = kReplyTexts.size();
static_assert([] {
  size_t in_place = 0;
  for (const ReplyText& text : kReplyTexts)
    in_place += kReplyTexts[size_t(text.reply)].line == text.line;
  return in_place == kReplyCount && kReplyTexts.back().reply == Reply::kTooManyConnections;
}());

[[nodiscard]] constexpr std::string_view reply_line(Reply reply) noexcept {
  return kReplyTexts[static_cast<size_t>(reply)].line;
}

inline constexpr size_t kMaxReplyLine = 64;  // no fixed line is longer

// One reply as a client sees it; a get's answer is several: a kValue for each hit, then the line
// END.
enum class ReplyKind : uint8_t {
  kLine,     // one of the fixed lines that are no error: `line`
  kValue,    // VALUE: key, flags, text = the bytes, number = cas (gets, gats)
  kNumber,   // of incr and decr: number
  kStat,     // STAT: key = name, text = value
  kVersion,  // text
  kMeta,     // of a meta command: meta, key = the flags, text = the bytes of VA, number = its c
  kError,    // ERROR, CLIENT_ERROR or SERVER_ERROR: text = the whole line
};

// The two letters that begin an answer to a meta command.
enum class MetaStatus : uint8_t { kVa, kHd, kEn, kNf, kNs, kEx, kMe };

struct ParsedReply {
  ReplyKind kind = ReplyKind::kError;
  Reply line = Reply::kError;
  MetaStatus meta = MetaStatus::kHd;
  uint32_t flags = 0;
  uint64_t number = 0;
  std::string_view key;   // into the input
  std::string_view text;  // into the input
  size_t size = 0;        // bytes of the input this reply took
};

}  // namespace pelikan::memcache
