// 64-bit words that threads share in memory of our own layout: hash buckets and item headers.
#pragma once

#include <atomic>
#include <cstdint>

namespace pelikan {

[[nodiscard]] inline uint64_t load_word(const uint64_t& word, std::memory_order order) noexcept {
  // A load does not write; atomic_ref takes no const object before C++26.
  return std::atomic_ref<uint64_t>(const_cast<uint64_t&>(word)).load(order);
}

inline void store_word(uint64_t& word, uint64_t value, std::memory_order order) noexcept {
  std::atomic_ref<uint64_t>(word).store(value, order);
}

// Never fails spuriously. REQUIRES: order is relaxed, acquire or acq_rel
inline bool exchange_word_if(uint64_t& word, uint64_t expected, uint64_t value,
                             std::memory_order order) noexcept {
  return std::atomic_ref<uint64_t>(word).compare_exchange_strong(expected, value, order,
                                                                 std::memory_order_relaxed);
}

inline void clear_bits(uint64_t& word, uint64_t bits, std::memory_order order) noexcept {
  std::atomic_ref<uint64_t>(word).fetch_and(~bits, order);
}

}  // namespace pelikan
