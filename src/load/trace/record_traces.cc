#include "load/trace/record_traces.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/bytes.h"

namespace pelikan::load {
namespace {

static_assert(std::endian::native == std::endian::little, "records are read as they lie");

template <class Number>
Number number_at(const char* bytes) {
  Number number = 0;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

constexpr uint32_t kKeyBytes = 16;
constexpr uint32_t kMinBytes = 24;  // of key and value
constexpr int64_t kDistanceNs = 1'000'000'000 / 200;
constexpr int32_t kWeekSeconds = 7 * 24 * 3600;
constexpr uint64_t kNumbers = uint64_t{1} << 32;

}  // namespace

bool OracleGeneralTrace::next(TraceRequest& request) {
  const char* const record = records_.next();
  if (record == nullptr) return false;
  const char* const end = write_u64(key_, number_at<uint64_t>(record + 4));
  const auto key_size = static_cast<uint32_t>(end - key_);
  request = {.time_ns = int64_t{number_at<uint32_t>(record)} * 1'000'000'000,
             .key = {key_, key_size},
             .key_size = key_size,
             .value_size = number_at<uint32_t>(record + 12)};
  return true;
}

// The mean of exp(mu + sigma z) is exp(mu + sigma^2 / 2): mu = ln 220 - 0.7^2 / 2.
NumberTrace::NumberTrace(const std::string& path, uint64_t seed)
    : records_(path, sizeof(uint32_t)),
      seed_(seed),
      text_(Setting("key_prefix", ""), Distribution(Setting("key_size", "16"), Quantity::kKeyBytes),
            kNumbers, seed),
      sizes_(Setting("value_size", "lognormal 5.148628 0.7"), Quantity::kValueBytes) {}

bool NumberTrace::next(TraceRequest& request) {
  const auto index = static_cast<int64_t>(records_.number());
  const char* const record = records_.next();
  if (record == nullptr) return false;
  const auto number = number_at<uint32_t>(record);
  const uint32_t bytes = std::max(sizes_.draw_for(seed_, number), kMinBytes);
  request = {.time_ns = index * kDistanceNs,
             .key = text_.write(number, key_),
             .key_size = kKeyBytes,
             .value_size = bytes - kKeyBytes,
             .ttl_s = kWeekSeconds};
  return true;
}

}  // namespace pelikan::load
