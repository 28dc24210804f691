// Writes memcached's text protocol: a server's replies, here and inline because they are written
// once per request, and a client's requests.
//
// All functions write at `to` and return where they stopped; what they may overrun is the caller's
// to have.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/copy.h"
#include "protocol/memcache/reply.h"
#include "protocol/memcache/request.h"

namespace pelikan::memcache {

inline char* write_number(char* to, uint64_t number) noexcept {
  if (number >= 10) return write_u64(to, number);
  *to = static_cast<char>('0' + number);
  return to + 1;
}

// A fixed line, copied as one block: kMaxReplyLine bytes at `to` must be free.
inline char* compose_reply(char* to, Reply reply) noexcept {
  struct Block {
    std::array<char, kMaxReplyLine> bytes{};
    size_t size = 0;
  };
  static constexpr auto kBlocks = [] {
    std::array<Block, kReplyCount> blocks{};
    for (size_t i = 0; i < kReplyCount; ++i) {
      for (const char byte : reply_line(static_cast<Reply>(i))) {
        blocks[i].bytes[blocks[i].size++] = byte;
      }
    }
    return blocks;
  }();
  const Block& block = kBlocks[static_cast<size_t>(reply)];
  std::memcpy(to, block.bytes.data(), kMaxReplyLine);
  return to + block.size;
}

// The longest head of a value: "VALUE ", key, flags, size, cas, the spaces between them and CR LF.
inline constexpr size_t kMaxValueHead = 6 + kMaxKey + 3 * (1 + kMaxDecimal) + 2;
// The bytes behind a value: CR LF, and END with the last one.
inline constexpr size_t kMaxValueTail = 8;

// "VALUE key flags size[ cas]\r\n". REQUIRES: kMaxValueHead + kCopySlack bytes at `to`, kCopySlack
// behind the key
inline char* compose_value_head(char* to, std::string_view key, uint32_t flags, size_t size,
                                std::optional<uint64_t> cas) noexcept {
  std::memcpy(to, "VALUE ", 6);
  to = copy_wide(to + 6, key);
  *to++ = ' ';
  to = write_number(to, flags);
  *to++ = ' ';
  to = write_number(to, size);
  if (cas) {
    *to++ = ' ';
    to = write_number(to, *cas);
  }
  std::memcpy(to, "\r\n", 2);
  return to + 2;
}

// What follows the bytes of a value. REQUIRES: kMaxValueTail bytes at `to`
inline char* compose_value_tail(char* to, bool last) noexcept {
  std::memcpy(to, "\r\nEND\r\n", 8);
  return to + (last ? 7 : 2);
}

inline constexpr size_t kMaxNumberLine = kMaxDecimal + 2;

// "number\r\n". REQUIRES: kMaxNumberLine bytes at `to`
inline char* compose_number(char* to, uint64_t number) noexcept {
  to = write_number(to, number);
  std::memcpy(to, "\r\n", 2);
  return to + 2;
}

// "get", "mg", "flush_all". REQUIRES: not kRefused
[[nodiscard]] std::string_view command_word(Command command) noexcept;

// Bytes that compose_request may write for this request.
[[nodiscard]] size_t request_bound(const Request& request) noexcept;
// A request as a client sends it, with its value; a retrieval of one key. A refused one cannot be
// composed, and one with MetaFlags takes compose_meta_request().
char* compose_request(char* to, const Request& request) noexcept;

// Bytes that compose_retrieval may write for these keys.
[[nodiscard]] size_t retrieval_bound(std::span<const std::string_view> keys) noexcept;
// A get, gets, gat or gats of many keys; exptime for the latter two.
char* compose_retrieval(char* to, Command command, int64_t exptime,
                        std::span<const std::string_view> keys) noexcept;

}  // namespace pelikan::memcache
