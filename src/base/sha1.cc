#include "base/sha1.h"

#include <bit>
#include <cstring>

namespace pelikan {
namespace {

constexpr size_t kBlock = 64;
constexpr size_t kRounds = 80;

using State = std::array<uint32_t, 5>;

uint32_t load_big_endian(const char* from) noexcept {
  uint32_t word;
  std::memcpy(&word, from, sizeof(word));
  return __builtin_bswap32(word);
}
static_assert(std::endian::native == std::endian::little);

// The standard's function f and constant K of a round.
struct Mix {
  uint32_t f;
  uint32_t k;
};
Mix mix(size_t round, uint32_t b, uint32_t c, uint32_t d) noexcept {
  if (round < 20) return {(b & c) | (~b & d), 0x5a827999};
  if (round < 40) return {b ^ c ^ d, 0x6ed9eba1};
  if (round < 60) return {(b & c) | (b & d) | (c & d), 0x8f1bbcdc};
  return {b ^ c ^ d, 0xca62c1d6};
}

void add_block(State& state, const char* block) noexcept {
  std::array<uint32_t, kRounds> words;
  for (size_t i = 0; i < 16; ++i) words[i] = load_big_endian(block + 4 * i);
  for (size_t i = 16; i < kRounds; ++i) {
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (size_t i = 0; i < kRounds; ++i) {
    const Mix mixed = mix(i, b, c, d);
    const uint32_t next = std::rotl(a, 5) + mixed.f + e + mixed.k + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

// What is left behind the last whole block, the padding and the length in bits.
void add_end(State& state, std::string_view rest, uint64_t whole_size) noexcept {
  std::array<char, 2 * kBlock> end{};
  if (!rest.empty()) std::memcpy(end.data(), rest.data(), rest.size());
  end[rest.size()] = '\x80';
  const size_t size = rest.size() < kBlock - 8 ? kBlock : 2 * kBlock;
  const uint64_t bits = __builtin_bswap64(whole_size * 8);
  std::memcpy(end.data() + size - 8, &bits, 8);
  for (size_t at = 0; at < size; at += kBlock) add_block(state, end.data() + at);
}

}  // namespace

std::array<char, kSha1Hex> sha1_hex(std::string_view bytes) noexcept {
  State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  size_t at = 0;
  for (; bytes.size() - at >= kBlock; at += kBlock) add_block(state, bytes.data() + at);
  add_end(state, bytes.substr(at), bytes.size());
  std::array<char, kSha1Hex> hex;
  for (size_t i = 0; i < kSha1Hex; ++i) {
    hex[i] = "0123456789abcdef"[(state[i / 8] >> (28 - 4 * (i % 8))) & 15];
  }
  return hex;
}

}  // namespace pelikan
