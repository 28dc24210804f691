// Traces as lines of values between commas.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "load/trace/line_reader.h"
#include "load/trace/trace_reader.h"

namespace pelikan::load {

class CsvTrace final : public TraceReader {
 public:
  enum class Column : uint8_t { kNone, kTime, kKey, kKeySize, kValueSize, kClient, kVerb, kTtl };
  enum class Header : uint8_t { kNone, kOneLine };

  // Of Twitter's traces.
  [[nodiscard]] static std::vector<Column> twitter_columns();
  // From their names between commas. Throws SetupError when one is unknown, or none is the key.
  [[nodiscard]] static std::vector<Column> parse_columns(Words& words);

  CsvTrace(const std::string& path, std::vector<Column> columns, Header header);

  [[nodiscard]] bool next(TraceRequest& request) override;
  // A time with a fraction says that all have one.
  [[nodiscard]] bool has_whole_seconds() const noexcept override { return !has_fractions_; }

 private:
  void split_line(std::string_view line);
  void read_value(TraceRequest& request, Column column, std::string_view text);
  void read_time(TraceRequest& request, std::string_view text);
  [[nodiscard]] uint64_t number(std::string_view text, std::string_view column, uint64_t max) const;

  LineReader lines_;
  std::vector<Column> columns_;
  size_t key_column_;
  std::vector<std::string_view> values_;  // of the current line
  bool has_fractions_ = false;
};

}  // namespace pelikan::load
