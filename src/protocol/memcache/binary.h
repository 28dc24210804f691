// The frames of memcached's binary protocol: a header of 24 bytes, then extras, key and value,
// whose sizes stand in it. Numbers are big-endian. Source: memcached's doc/protocol-binary.xml and
// the behaviour of memcached 1.6.18, where the two differ.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pelikan::memcache {

inline constexpr char kBinaryRequest = '\x80';  // the first byte of a frame
inline constexpr char kBinaryReply = '\x81';
inline constexpr size_t kBinaryHeader = 24;
inline constexpr uint32_t kDoNotCreate = 0xffffffff;  // an exptime of increment and decrement

enum class Opcode : uint8_t {
  kGet = 0x00,
  kSet = 0x01,
  kAdd = 0x02,
  kReplace = 0x03,
  kDelete = 0x04,
  kIncrement = 0x05,
  kDecrement = 0x06,
  kQuit = 0x07,
  kFlush = 0x08,
  kGetQ = 0x09,  // Q: no reply when all went well; of a get, when nothing was found
  kNoop = 0x0a,
  kVersion = 0x0b,
  kGetK = 0x0c,  // K: the reply has the key
  kGetKQ = 0x0d,
  kAppend = 0x0e,
  kPrepend = 0x0f,
  kStat = 0x10,
  kSetQ = 0x11,
  kAddQ = 0x12,
  kReplaceQ = 0x13,
  kDeleteQ = 0x14,
  kIncrementQ = 0x15,
  kDecrementQ = 0x16,
  kQuitQ = 0x17,
  kFlushQ = 0x18,
  kAppendQ = 0x19,
  kPrependQ = 0x1a,
  kTouch = 0x1c,
  kGat = 0x1d,
  kGatQ = 0x1e,
  kGatK = 0x23,
  kGatKQ = 0x24,
};

enum class BinaryStatus : uint16_t {
  kSuccess = 0x00,
  kNotFound = 0x01,
  kExists = 0x02,
  kTooLarge = 0x03,
  kInvalid = 0x04,
  kNotStored = 0x05,
  kNotNumber = 0x06,
  kAuthError = 0x20,
  kUnknownCommand = 0x81,
  kNoMemory = 0x82,
};

// What a reply of this status has for a body.
[[nodiscard]] std::string_view status_text(BinaryStatus status) noexcept;

struct BinaryHeader {
  char magic = kBinaryReply;
  Opcode opcode = Opcode::kGet;
  uint16_t key_size = 0;
  uint8_t extras_size = 0;
  BinaryStatus status = BinaryStatus::kSuccess;  // requests: the vbucket, which means nothing here
  uint32_t body_size = 0;                        // extras, key and value
  uint32_t opaque = 0;                           // the client's: a reply has its request's
  uint64_t cas = 0;                              // 0: none
};

template <std::unsigned_integral T>
[[nodiscard]] inline T read_big_endian(const char* from) noexcept {
  uint64_t number = 0;
  for (size_t i = 0; i < sizeof(T); ++i) number = number << 8 | static_cast<uint8_t>(from[i]);
  return static_cast<T>(number);
}

template <std::unsigned_integral T>
inline char* write_big_endian(char* to, T number) noexcept {
  for (size_t i = 0; i < sizeof(T); ++i) {
    to[i] = static_cast<char>(static_cast<uint64_t>(number) >> (8 * (sizeof(T) - 1 - i)));
  }
  return to + sizeof(T);
}

// REQUIRES: kBinaryHeader bytes at `from`
[[nodiscard]] inline BinaryHeader read_header(const char* from) noexcept {
  return {.magic = from[0],
          .opcode = static_cast<Opcode>(from[1]),
          .key_size = read_big_endian<uint16_t>(from + 2),
          .extras_size = static_cast<uint8_t>(from[4]),  // from[5] is the data type, always raw
          .status = static_cast<BinaryStatus>(read_big_endian<uint16_t>(from + 6)),
          .body_size = read_big_endian<uint32_t>(from + 8),
          .opaque = read_big_endian<uint32_t>(from + 12),
          .cas = read_big_endian<uint64_t>(from + 16)};
}

// Returns the place behind it. REQUIRES: kBinaryHeader bytes at `to`
inline char* write_header(char* to, const BinaryHeader& header) noexcept {
  *to++ = header.magic;
  *to++ = static_cast<char>(header.opcode);
  to = write_big_endian(to, header.key_size);
  *to++ = static_cast<char>(header.extras_size);
  *to++ = 0;
  to = write_big_endian(to, static_cast<uint16_t>(header.status));
  to = write_big_endian(to, header.body_size);
  to = write_big_endian(to, header.opaque);
  return write_big_endian(to, header.cas);
}

}  // namespace pelikan::memcache
