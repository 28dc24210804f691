// Writes the replies of memcached's binary protocol. They repeat the opcode and the opaque of
// their request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "buffer/output.h"
#include "protocol/memcache/binary.h"
#include "protocol/memcache/compose.h"
#include "protocol/memcache/parse_binary.h"
#include "protocol/memcache/reply.h"
#include "protocol/memcache/request.h"
#include "storage/store.h"

namespace pelikan {

// The status that says in a frame what a line says in the text protocol.
[[nodiscard]] memcache::BinaryStatus binary_status(memcache::Reply reply) noexcept;

// `stats` as frames: one for each statistic of the text, and an empty one behind them.
[[nodiscard]] std::string binary_stats(std::string_view text,
                                       const memcache::BinaryRequest& request);

// The head of an item's reply: header, flags, and the key if it is asked for. For compose_value().
struct BinaryValueHead {
  static constexpr size_t kMaxHead = memcache::kBinaryHeader + 4 + memcache::kMaxKey;
  static constexpr size_t kMaxTail = 0;

  const memcache::BinaryRequest& request;
  std::string_view key;  // empty: the reply has none

  template <ItemLike Item>
  [[nodiscard]] char* head(char* to, const Item& item, size_t size) const noexcept {
    to = memcache::write_header(to, {.opcode = request.opcode,
                                     .key_size = static_cast<uint16_t>(key.size()),
                                     .extras_size = 4,
                                     .body_size = static_cast<uint32_t>(4 + key.size() + size),
                                     .opaque = request.opaque,
                                     .cas = item.cas()});
    to = memcache::write_big_endian(to, item.flags());
    return copy_wide(to, key);
  }
  [[nodiscard]] char* tail(char* to) const noexcept { return to; }
};

// Short replies. REQUIRES of all: out.has_room(); a body is at most kMaxKey bytes
class BinaryReplies {
 public:
  explicit BinaryReplies(Output& out) noexcept : out_(out) {}

  // `key_size` of the body's bytes are a key.
  void reply(const memcache::BinaryRequest& request, memcache::BinaryStatus status,
             std::string_view body, uint64_t cas = 0, uint16_t key_size = 0) noexcept {
    char* to = out_.reserve(memcache::kBinaryHeader + memcache::kMaxKey);
    to = memcache::write_header(to, {.opcode = request.opcode,
                                     .key_size = key_size,
                                     .status = status,
                                     .body_size = static_cast<uint32_t>(body.size()),
                                     .opaque = request.opaque,
                                     .cas = cas});
    if (!body.empty()) std::memcpy(to, body.data(), body.size());
    out_.commit(to + body.size());
  }
  void fail(const memcache::BinaryRequest& request, memcache::BinaryStatus status) noexcept {
    reply(request, status, status_text(status));
  }
  // Quiet commands are quiet about this.
  void succeed(const memcache::BinaryRequest& request, uint64_t cas = 0) noexcept {
    if (!request.noreply) reply(request, memcache::BinaryStatus::kSuccess, {}, cas);
  }

 private:
  Output& out_;
};

}  // namespace pelikan
