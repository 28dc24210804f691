// TraceReader: the requests of a recorded trace, one format each.
//
//   twitter          CSV of timestamp, anonymized key, key size, value size, client id, operation,
//                    TTL (github.com/twitter/cache-trace)
//   csv COLUMNS      CSV with these columns, of time, key, key_size, value_size, client, verb, ttl,
//                    and - for one to pass over; `csv header ...` passes over the first line
//   klog             the command log of our servers (docs/reference/klog.md)
//   redis_monitor    what redis-cli MONITOR prints
//   oracle_general   libCacheSim's records of 24 bytes: time, object, size, next access
//   u32              32-bit key numbers, little-endian, without anything else
//
// Errors throw a SetupError (kBadData) that names file and line, or file and record: what cannot be
// read ends a replay, for one that goes on would be of another workload.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "load/trace/trace_request.h"
#include "load/workload/words.h"

namespace pelikan::load {

class TraceReader {
 public:
  // `path` is a file, plain, gz or zstd, or "-" for standard input.
  [[nodiscard]] static std::unique_ptr<TraceReader> open(const Setting& format,
                                                         const std::string& path, uint64_t seed);
  TraceReader() = default;
  virtual ~TraceReader() = default;
  TraceReader(const TraceReader&) = delete;
  TraceReader& operator=(const TraceReader&) = delete;

  // False at the end.
  [[nodiscard]] virtual bool next(TraceRequest& request) = 0;
  // The times are whole seconds, in which many requests share one.
  [[nodiscard]] virtual bool has_whole_seconds() const noexcept = 0;
  // Commands so far that are no request of a cache's client (say PING) and were passed over.
  [[nodiscard]] virtual uint64_t passed_over() const noexcept { return 0; }
};

}  // namespace pelikan::load
