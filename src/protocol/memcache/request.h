// Requests of memcached's text protocol, cut into key operations: a get of n keys is n of them, the
// last of which is followed by END. So one path serves pipelines and multi-gets, and a full output
// may stop between two keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "base/tls_hello.h"
#include "protocol/memcache/reply.h"

namespace pelikan::memcache {

inline constexpr size_t kMaxKey = 250;
// A longer command line whose end is not in sight ends the connection, unless it is a list of keys.
inline constexpr size_t kMaxOpenLine = 2048;
// A longer command line ends the connection even when it came in one piece, unless it is a list of
// keys.
inline constexpr size_t kMaxLine = 16 * 1024;
inline constexpr uint64_t kMaxValue = std::numeric_limits<int32_t>::max() - 2;
inline constexpr size_t kTerminator = 2;  // CR LF behind a value

// The first byte of memcached's binary protocol, and that of a TLS handshake.
[[nodiscard]] constexpr bool is_foreign(char first) noexcept {
  return first == '\x80' || first == kTlsHandshake;
}

enum class Command : uint8_t {
  kGet,
  kGets,
  kGat,
  kGats,
  kSet,
  kAdd,
  kReplace,
  kAppend,
  kPrepend,
  kCas,
  kDelete,
  kIncr,
  kDecr,
  kTouch,
  kMetaGet,
  kMetaSet,
  kMetaDelete,
  kMetaArithmetic,
  kMetaDebug,
  kFlushAll,
  kVersion,
  kVerbosity,
  kStats,
  kQuit,
  kMetaNoop,
  kLru,
  kSlabs,
  kLruCrawler,
  kCacheMemlimit,
  kWatch,
  kShutdown,
  kRefused,  // not to be run: `refusal` says why
};

[[nodiscard]] constexpr bool is_retrieval(Command command) noexcept {
  return command <= Command::kGats;
}
[[nodiscard]] constexpr bool is_storage(Command command) noexcept {
  return command >= Command::kSet && command <= Command::kCas;
}

// Those that bring MetaFlags.
[[nodiscard]] constexpr bool is_meta(Command command) noexcept {
  return command >= Command::kMetaGet && command <= Command::kMetaDebug;
}

// Commands that are about no item.
[[nodiscard]] constexpr bool is_control(Command command) noexcept {
  return command >= Command::kFlushAll;
}

// One key operation. Views point into the input and live as long as it does; a key that came in
// base64 lives in its MetaFlags.
struct Request {
  std::string_view key;         // control: the argument words
  const char* end = nullptr;    // the byte behind this operation in the input
  const char* value = nullptr;  // storage: the first byte of the value
  uint64_t number = 0;          // cas: the token; incr, decr: the delta; verbosity: the level
  int64_t exptime = 0;          // as the client gave it; flush_all: the delay
  uint32_t flags = 0;
  uint32_t value_size = 0;  // storage: bytes of the value. Refused: bytes behind `end` to swallow
  Command command = Command::kRefused;
  Reply refusal = Reply::kError;
  bool noreply = false;
  bool last = true;    // retrieval: END follows
  bool close = false;  // refused: the rest of the stream cannot be understood
};
static_assert(sizeof(Request) == 64, "a batch of requests stands on the stack");

}  // namespace pelikan::memcache
