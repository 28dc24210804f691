// Traces as records of one size, little-endian.
#pragma once

#include <string>

#include "load/trace/record_reader.h"
#include "load/trace/trace_reader.h"
#include "load/workload/distribution.h"
#include "load/workload/key_text.h"

namespace pelikan::load {

// libCacheSim's oracleGeneral: u32 seconds, u64 object, u32 bytes, i64 request that asks for the
// object next. All requests are gets.
class OracleGeneralTrace final : public TraceReader {
 public:
  explicit OracleGeneralTrace(const std::string& path) : records_(path, kRecordBytes) {}

  [[nodiscard]] bool next(TraceRequest& request) override;
  [[nodiscard]] bool has_whole_seconds() const noexcept override { return true; }

 private:
  static constexpr size_t kRecordBytes = 24;

  RecordReader records_;
  char key_[20];  // the object's number in decimal
};

// Key numbers alone, which stand for gets of 200 a second, with a TTL of 7 days. A key has 16
// bytes, key and value together have a lognormal size of mean 220 and sigma 0.7, never below 24.
class NumberTrace final : public TraceReader {
 public:
  NumberTrace(const std::string& path, uint64_t seed);

  [[nodiscard]] bool next(TraceRequest& request) override;
  [[nodiscard]] bool has_whole_seconds() const noexcept override { return false; }

 private:
  RecordReader records_;
  uint64_t seed_;
  KeyText text_;
  Distribution sizes_;
  char key_[KeyText::kMaxBytes];
};

}  // namespace pelikan::load
