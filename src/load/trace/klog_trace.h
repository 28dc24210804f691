// The command log of our servers, docs/reference/klog.md.
#pragma once

#include <string>
#include <string_view>

#include "load/trace/line_reader.h"
#include "load/trace/trace_reader.h"

namespace pelikan::load {

class KlogTrace final : public TraceReader {
 public:
  explicit KlogTrace(const std::string& path) : lines_(path) {}

  [[nodiscard]] bool next(TraceRequest& request) override;
  [[nodiscard]] bool has_whole_seconds() const noexcept override { return true; }

 private:
  void read_command(TraceRequest& request, std::string_view command);
  void read_reply(TraceRequest& request, std::string_view reply) const;
  [[nodiscard]] int64_t unix_seconds(std::string_view stamp);
  [[nodiscard]] uint64_t number(std::string_view text, std::string_view what) const;
  [[nodiscard]] int32_t ttl_of(std::string_view expiry, int64_t now_s) const;
  [[nodiscard]] std::string_view unescaped(std::string_view key);

  LineReader lines_;
  std::string key_;         // of the current line, when it had escapes
  std::string last_stamp_;  // thousands of lines share one
  int64_t last_seconds_ = 0;
};

}  // namespace pelikan::load
