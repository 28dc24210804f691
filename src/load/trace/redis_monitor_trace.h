// What redis-cli MONITOR prints, a line for each command:
//
//   1339518083.107412 [0 127.0.0.1:60866] "set" "user:17" "a\x00b" "EX" "60"
//
// Commands on strings and keys become what a cache's client would send; one of several keys becomes
// one request for each. All others (PING, HSET, ...) are passed over and counted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "load/trace/line_reader.h"
#include "load/trace/trace_reader.h"

namespace pelikan::load {

class RedisMonitorTrace final : public TraceReader {
 public:
  explicit RedisMonitorTrace(const std::string& path) : lines_(path) {}

  [[nodiscard]] bool next(TraceRequest& request) override;
  [[nodiscard]] bool has_whole_seconds() const noexcept override { return false; }
  [[nodiscard]] uint64_t passed_over() const noexcept override { return passed_over_; }

 private:
  void read_line(std::string_view line);
  [[nodiscard]] int64_t time_ns(std::string_view text) const;
  void read_words(std::string_view text);
  [[nodiscard]] char escaped_byte(std::string_view& text) const;
  void make_requests(const TraceRequest& from);
  void read_set_options(TraceRequest& request, size_t first) const;
  void make_for_keys(TraceRequest request, size_t distance);
  [[nodiscard]] int32_t ttl_of(std::string_view text, int64_t per_second) const;

  LineReader lines_;
  std::string text_;                     // of the line's words, without quotes
  std::vector<std::string_view> words_;  // command and arguments, in text_
  std::vector<TraceRequest> requests_;   // of the line
  size_t given_ = 0;
  uint64_t passed_over_ = 0;
};

}  // namespace pelikan::load
