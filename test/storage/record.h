// Values that describe themselves: one or more records of 32 bytes, each with its key, a version,
// the time it dies and a checksum over these. A reader can tell a torn value, another key's, and
// how old what it got is.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace pelikan::test {

inline constexpr size_t kRecordBytes = 32;

struct Record {
  uint64_t key;
  uint64_t version;
  int64_t dies_at_ms;  // as Expiry::at_ms
};

// What a sound value says.
struct Reading {
  uint64_t oldest = UINT64_MAX;  // versions of its records
  uint64_t newest = 0;
  int64_t dies_at_ms = 0;  // of the newest
};

[[nodiscard]] inline uint64_t checksum_of(const Record& record) noexcept {
  uint64_t sum = 0x9E3779B97F4A7C15U;
  for (const uint64_t word :
       {record.key, record.version, static_cast<uint64_t>(record.dies_at_ms)}) {
    sum = (sum ^ word) * 0xD6E8FEB86659FD93U;
    sum ^= sum >> 32U;
  }
  return sum;
}

// `count` equal records.
inline void write_records(char* out, const Record& record, size_t count) noexcept {
  const std::array<uint64_t, 4> words{
      record.key, record.version, static_cast<uint64_t>(record.dies_at_ms), checksum_of(record)};
  for (size_t i = 0; i < count; ++i)
    std::memcpy(out + i * kRecordBytes, words.data(), kRecordBytes);
}

// Adds the records of a part of a value to `reading`. False: they are torn, another key's, or out
// of order.
[[nodiscard]] inline bool read_records(std::string_view bytes, uint64_t key,
                                       Reading& reading) noexcept {
  if (bytes.empty() || bytes.size() % kRecordBytes != 0) return false;
  for (; !bytes.empty(); bytes.remove_prefix(kRecordBytes)) {
    std::array<uint64_t, 4> words;
    std::memcpy(words.data(), bytes.data(), kRecordBytes);
    const Record record{words[0], words[1], static_cast<int64_t>(words[2])};
    const bool is_sound = words[3] == checksum_of(record) && record.key == key;
    if (!is_sound || record.version < reading.newest) return false;
    reading.oldest = std::min(reading.oldest, record.version);
    reading.newest = record.version;
    reading.dies_at_ms = record.dies_at_ms;
  }
  return true;
}

}  // namespace pelikan::test
