#include "load/trace/trace_reader.h"

#include "load/trace/csv_trace.h"
#include "load/trace/klog_trace.h"
#include "load/trace/record_traces.h"
#include "load/trace/redis_monitor_trace.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kAllowed =
    "twitter, csv [header] COLUMNS of time,key,key_size,value_size,client,verb,ttl,-; klog, "
    "redis_monitor, oracle_general, u32";

}  // namespace

std::unique_ptr<TraceReader> TraceReader::open(const Setting& format, const std::string& path,
                                               uint64_t seed) {
  Words words(format, kAllowed);
  std::unique_ptr<TraceReader> reader;
  if (words.take("twitter")) {
    reader = std::make_unique<CsvTrace>(path, CsvTrace::twitter_columns(), CsvTrace::Header::kNone);
  } else if (words.take("csv")) {
    const auto header = words.take("header") ? CsvTrace::Header::kOneLine : CsvTrace::Header::kNone;
    reader = std::make_unique<CsvTrace>(path, CsvTrace::parse_columns(words), header);
  } else if (words.take("klog")) {
    reader = std::make_unique<KlogTrace>(path);
  } else if (words.take("redis_monitor")) {
    reader = std::make_unique<RedisMonitorTrace>(path);
  } else if (words.take("oracle_general")) {
    reader = std::make_unique<OracleGeneralTrace>(path);
  } else if (words.take("u32")) {
    reader = std::make_unique<NumberTrace>(path, seed);
  } else {
    words.refuse("it names no format");
  }
  words.end();
  return reader;
}

}  // namespace pelikan::load
