#include "load/ring/key_hash.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "load/ring/md5.h"

namespace pelikan::load {
namespace {

// A byte above 127 counts as a negative char where chars are signed, as in nutcracker.
uint32_t number_of(char byte) noexcept { return static_cast<uint32_t>(byte); }

enum class Order : uint8_t { kMultiplyFirst, kXorFirst };  // FNV-1, FNV-1a

// The low 32 bits of a 64-bit FNV depend on the low 32 bits of its parameters alone.
template <uint32_t kOffset, uint32_t kPrime, Order kStep>
uint32_t fnv(std::string_view key) noexcept {
  uint32_t hash = kOffset;
  for (const char byte : key) {
    if constexpr (kStep == Order::kMultiplyFirst) {
      hash = (hash * kPrime) ^ number_of(byte);
    } else {
      hash = (hash ^ number_of(byte)) * kPrime;
    }
  }
  return hash;
}

constexpr uint32_t kOffset32 = 0x811c9dc5;
constexpr uint32_t kPrime32 = 0x01000193;
constexpr uint32_t kOffset64 = 0x84222325;  // of 0xcbf29ce484222325
constexpr uint32_t kPrime64 = 0x000001b3;   // of 0x100000001b3

// 15 bits, as libmemcached has it.
uint32_t crc32(std::string_view key) noexcept {
  const auto* bytes = reinterpret_cast<const Bytef*>(key.data());
  return static_cast<uint32_t>(::crc32(0, bytes, static_cast<uInt>(key.size()))) >> 16 & 0x7fff;
}

// Austin Appleby's MurmurHash2, its seed made from the length.
uint32_t murmur(std::string_view key) noexcept {
  constexpr uint32_t kMultiplier = 0x5bd1e995;
  const auto size = static_cast<uint32_t>(key.size());
  uint32_t hash = (0xdeadbeef * size) ^ size;
  for (; key.size() >= sizeof(uint32_t); key.remove_prefix(sizeof(uint32_t))) {
    uint32_t word;
    std::memcpy(&word, key.data(), sizeof word);
    word *= kMultiplier;
    hash = (hash * kMultiplier) ^ ((word ^ word >> 24) * kMultiplier);
  }
  if (!key.empty()) {
    uint32_t word = 0;
    std::memcpy(&word, key.data(), key.size());
    hash = (hash ^ word) * kMultiplier;
  }
  hash = (hash ^ hash >> 13) * kMultiplier;
  return hash ^ hash >> 15;
}

// Bob Jenkins's.
uint32_t one_at_a_time(std::string_view key) noexcept {
  uint32_t hash = 0;
  for (const char byte : key) {
    hash += number_of(byte);
    hash += hash << 10;
    hash ^= hash >> 6;
  }
  hash += hash << 3;
  hash ^= hash >> 11;
  return hash + (hash << 15);
}

uint32_t md5(std::string_view key) {
  thread_local Md5 digest;
  return digest(key)[0];
}

struct NamedHash {
  std::string_view name;
  KeyHash hash;
};

constexpr std::array kHashes = {
    NamedHash{"fnv1a_64", fnv<kOffset64, kPrime64, Order::kXorFirst>},
    NamedHash{"fnv1_64", fnv<kOffset64, kPrime64, Order::kMultiplyFirst>},
    NamedHash{"fnv1a_32", fnv<kOffset32, kPrime32, Order::kXorFirst>},
    NamedHash{"fnv1_32", fnv<kOffset32, kPrime32, Order::kMultiplyFirst>},
    NamedHash{"crc32", crc32},
    NamedHash{"murmur", murmur},
    NamedHash{"one_at_a_time", one_at_a_time},
    NamedHash{"md5", md5},
};

}  // namespace

KeyHash find_key_hash(std::string_view name) noexcept {
  const auto found = std::ranges::find(kHashes, name, &NamedHash::name);
  return found == kHashes.end() ? nullptr : found->hash;
}

std::string key_hash_names() {
  std::string names;
  for (const NamedHash& hash : kHashes) {
    if (!names.empty()) names += '|';
    names += hash.name;
  }
  return names;
}

}  // namespace pelikan::load
