#include "load/workload/value.h"

#include <bit>
#include <cstring>

#include "base/assertion.h"
#include "base/hash.h"

namespace pelikan::load {
namespace {

constexpr uint32_t kMinBlock = 64 << 10;  // of the size of a first-level cache or two
constexpr uint32_t kMaxBlock = 16 << 20;
constexpr size_t kUnit = 128;  // of the block: random bytes, then a run of one byte

}  // namespace

ValueMaker::ValueMaker(uint64_t seed, uint32_t max_size, double compress)
    : seed_(seed), block_(std::bit_ceil(std::clamp(max_size, kMinBlock, kMaxBlock))) {
  CHECK(compress >= 1);
  Random random(derived_seed(seed, 0));
  const auto random_bytes = static_cast<size_t>(static_cast<double>(kUnit) / compress);
  for (size_t i = 0; i < block_.size(); ++i) {
    if (i % kUnit < random_bytes) block_[i] = static_cast<char>(random.next() >> 56);
  }
}

std::array<char, ValueMaker::kHeaderBytes> ValueMaker::header_of(
    const ValueName& name) const noexcept {
  const uint64_t checksum = checksum_of(name);
  std::array<char, kHeaderBytes> header;
  std::memcpy(header.data(), &name.stored_ms, sizeof name.stored_ms);
  std::memcpy(header.data() + sizeof name.stored_ms, &checksum, sizeof checksum);
  return header;
}

uint64_t ValueMaker::checksum_of(const ValueName& name) const noexcept {
  const uint64_t words[] = {name.key, name.size, static_cast<uint64_t>(name.stored_ms)};
  return KeyedHash(seed_)({reinterpret_cast<const char*>(words), sizeof words});
}

Verdict ValueMaker::verify(uint64_t key, std::string_view bytes, uint32_t ttl_s,
                           int64_t now_ms) const noexcept {
  ValueName name{.key = key, .size = static_cast<uint32_t>(bytes.size()), .stored_ms = 0};
  uint32_t done = 0;
  if (name.size >= kHeaderBytes) {
    std::memcpy(&name.stored_ms, bytes.data(), sizeof name.stored_ms);
    const std::array<char, kHeaderBytes> header = header_of(name);
    if (std::memcmp(header.data(), bytes.data(), kHeaderBytes) != 0) return Verdict::kWrongBytes;
    done = kHeaderBytes;
  }
  while (done < name.size) {
    const std::string_view piece = piece_at(name, done);
    if (std::memcmp(piece.data(), bytes.data() + done, piece.size()) != 0) {
      return Verdict::kWrongBytes;
    }
    done += static_cast<uint32_t>(piece.size());
  }
  const bool has_age = ttl_s > 0 && name.size >= kHeaderBytes;
  if (has_age && now_ms - name.stored_ms > int64_t{ttl_s} * 1000 + kStaleAfterMs) {
    return Verdict::kStale;
  }
  return Verdict::kGood;
}

}  // namespace pelikan::load
