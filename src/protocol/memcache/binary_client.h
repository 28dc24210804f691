// memcached's binary protocol from the client's side: requests to frames, frames to replies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/memcache/binary.h"
#include "protocol/memcache/parse_binary.h"

namespace pelikan::memcache {

// Bytes that compose_binary_request may write for this request.
[[nodiscard]] size_t binary_request_bound(const BinaryRequest& request) noexcept;
// The frame of a request: its opcode and command say what stands in it.
char* compose_binary_request(char* to, const BinaryRequest& request) noexcept;

struct BinaryReply {
  BinaryHeader header;
  std::string_view extras;  // into the input, as are key and value
  std::string_view key;
  std::string_view value;  // of an item, or what an error says
  size_t size = 0;         // bytes of the input this reply took
};

enum class BinaryReplyStatus : uint8_t { kReply, kIncomplete, kBroken };

// The reply at the start of `in`.
[[nodiscard]] BinaryReplyStatus parse_binary_reply(std::string_view in,
                                                   BinaryReply& reply) noexcept;

}  // namespace pelikan::memcache
