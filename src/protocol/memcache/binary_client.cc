#include "protocol/memcache/binary_client.h"

#include "base/copy.h"

namespace pelikan::memcache {
namespace {

constexpr size_t kMaxExtras = 20;

char* write_extras(char* to, const BinaryRequest& request) noexcept {
  const auto exptime = static_cast<uint32_t>(request.exptime);
  switch (request.command) {
    case Command::kSet:
    case Command::kAdd:
    case Command::kReplace:
    case Command::kCas:
      return write_big_endian(write_big_endian(to, request.flags), exptime);
    case Command::kIncr:
    case Command::kDecr:
      to = write_big_endian(write_big_endian(to, request.number), request.initial);
      return write_big_endian(to, request.creates ? exptime : kDoNotCreate);
    case Command::kTouch:
    case Command::kGat:
      return write_big_endian(to, exptime);
    default:
      return to;
  }
}

}  // namespace

size_t binary_request_bound(const BinaryRequest& request) noexcept {
  return kBinaryHeader + kMaxExtras + request.key.size() + request.value_size;
}

char* compose_binary_request(char* to, const BinaryRequest& request) noexcept {
  char* extras = to + kBinaryHeader;
  char* key = write_extras(extras, request);
  char* end = write_text(write_text(key, request.key), {request.value, request.value_size});
  write_header(to, {.magic = kBinaryRequest,
                    .opcode = request.opcode,
                    .key_size = static_cast<uint16_t>(request.key.size()),
                    .extras_size = static_cast<uint8_t>(key - extras),
                    .body_size = static_cast<uint32_t>(end - extras),
                    .opaque = request.opaque,
                    .cas = request.cas});
  return end;
}

BinaryReplyStatus parse_binary_reply(std::string_view in, BinaryReply& reply) noexcept {
  if (in.empty()) return BinaryReplyStatus::kIncomplete;
  if (in.front() != kBinaryReply) return BinaryReplyStatus::kBroken;
  if (in.size() < kBinaryHeader) return BinaryReplyStatus::kIncomplete;
  reply.header = read_header(in.data());
  const size_t body = reply.header.body_size;
  const size_t key_at = reply.header.extras_size;
  const size_t value_at = key_at + reply.header.key_size;
  if (value_at > body || body > kMaxValue) return BinaryReplyStatus::kBroken;
  in.remove_prefix(kBinaryHeader);
  if (in.size() < body) return BinaryReplyStatus::kIncomplete;
  reply.extras = in.substr(0, key_at);
  reply.key = in.substr(key_at, reply.header.key_size);
  reply.value = in.substr(value_at, body - value_at);
  reply.size = kBinaryHeader + body;
  return BinaryReplyStatus::kReply;
}

}  // namespace pelikan::memcache
