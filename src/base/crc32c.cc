#include "base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#endif

namespace pelikan {
namespace {

constexpr uint32_t kPolynomial = 0x82F63B78;  // bits reversed

constexpr std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? kPolynomial : 0);
    table[byte] = rest;
  }
  return table;
}

constexpr std::array<uint32_t, 256> kTable = make_table();

using Crc = uint32_t (*)(std::span<const std::byte>, uint32_t) noexcept;

#if defined(__x86_64__)
#define PELIKAN_CRC_TARGET __attribute__((target("sse4.2")))

PELIKAN_CRC_TARGET inline uint32_t add(uint32_t crc, uint64_t word) noexcept {
  return static_cast<uint32_t>(_mm_crc32_u64(crc, word));
}
PELIKAN_CRC_TARGET inline uint32_t add(uint32_t crc, std::byte byte) noexcept {
  return _mm_crc32_u8(crc, static_cast<uint8_t>(byte));
}
bool has_instruction() noexcept { return __builtin_cpu_supports("sse4.2") != 0; }

#elif defined(__aarch64__)
#define PELIKAN_CRC_TARGET __attribute__((target("+crc")))

PELIKAN_CRC_TARGET inline uint32_t add(uint32_t crc, uint64_t word) noexcept {
  return __crc32cd(crc, word);
}
PELIKAN_CRC_TARGET inline uint32_t add(uint32_t crc, std::byte byte) noexcept {
  return __crc32cb(crc, static_cast<uint8_t>(byte));
}
bool has_instruction() noexcept { return (::getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }

#endif

#ifdef PELIKAN_CRC_TARGET
PELIKAN_CRC_TARGET uint32_t crc32c_by_instruction(std::span<const std::byte> bytes,
                                                  uint32_t before) noexcept {
  uint32_t crc = ~before;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), sizeof word);
    crc = add(crc, word);
  }
  for (const std::byte byte : bytes) crc = add(crc, byte);
  return ~crc;
}

Crc choose() noexcept { return has_instruction() ? crc32c_by_instruction : crc32c_by_table; }
#else
Crc choose() noexcept { return crc32c_by_table; }
#endif

}  // namespace

uint32_t crc32c_by_table(std::span<const std::byte> bytes, uint32_t before) noexcept {
  uint32_t crc = ~before;
  for (const std::byte byte : bytes) {
    crc = kTable[(crc ^ static_cast<uint32_t>(byte)) & 0xFF] ^ (crc >> 8);
  }
  return ~crc;
}

uint32_t crc32c(std::span<const std::byte> bytes, uint32_t before) noexcept {
  static const Crc chosen = choose();
  return chosen(bytes, before);
}

}  // namespace pelikan
