#include "load/trace/csv_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/hash.h"

namespace pelikan::load {
namespace {

using Column = CsvTrace::Column;

constexpr std::array<std::pair<std::string_view, Column>, 8> kColumns = {{
    {"-", Column::kNone},
    {"time", Column::kTime},
    {"key", Column::kKey},
    {"key_size", Column::kKeySize},
    {"value_size", Column::kValueSize},
    {"client", Column::kClient},
    {"verb", Column::kVerb},
    {"ttl", Column::kTtl},
}};

constexpr uint64_t kMaxSize = std::numeric_limits<int32_t>::max();

}  // namespace

std::vector<Column> CsvTrace::twitter_columns() {
  return {Column::kTime,   Column::kKey,  Column::kKeySize, Column::kValueSize,
          Column::kClient, Column::kVerb, Column::kTtl};
}

std::vector<Column> CsvTrace::parse_columns(Words& words) {
  std::vector<Column> columns;
  for (const std::string_view name : split(words.word(), ',')) {
    const auto known = std::ranges::find(kColumns, name, &decltype(kColumns)::value_type::first);
    if (known == kColumns.end()) words.refuse(fmt::format("'{}' is no column", escaped(name)));
    const bool is_twice = known->second != Column::kNone &&
                          std::ranges::find(columns, known->second) != columns.end();
    if (is_twice) words.refuse(fmt::format("there are two columns '{}'", name));
    columns.push_back(known->second);
  }
  if (std::ranges::find(columns, Column::kKey) == columns.end()) {
    words.refuse("no column is the key");
  }
  return columns;
}

CsvTrace::CsvTrace(const std::string& path, std::vector<Column> columns, Header header)
    : lines_(path),
      columns_(std::move(columns)),
      key_column_(
          static_cast<size_t>(std::ranges::find(columns_, Column::kKey) - columns_.begin())) {
  std::string_view line;
  if (header == Header::kOneLine) static_cast<void>(lines_.next(line));
}

bool CsvTrace::next(TraceRequest& request) {
  std::string_view line;
  if (!lines_.next(line)) return false;
  split_line(line);
  request = {};
  for (size_t i = 0; i < columns_.size(); ++i) read_value(request, columns_[i], values_[i]);
  if (request.key.empty()) lines_.refuse("the key is empty");
  if (request.key_size == 0) request.key_size = static_cast<uint32_t>(request.key.size());
  return true;
}

// A key may hold commas: the values that are too many are its.
void CsvTrace::split_line(std::string_view line) {
  const auto commas = static_cast<size_t>(std::ranges::count(line, ','));
  if (commas + 1 < columns_.size()) {
    lines_.refuse(fmt::format("{} values in place of {}", commas + 1, columns_.size()));
  }
  size_t surplus = commas + 1 - columns_.size();
  values_.clear();
  while (values_.size() < columns_.size()) {
    size_t comma = line.find(',');
    for (; values_.size() == key_column_ && surplus > 0; --surplus) {
      comma = line.find(',', comma + 1);
    }
    values_.push_back(line.substr(0, comma));
    if (comma != line.npos) line.remove_prefix(comma + 1);
  }
}

void CsvTrace::read_value(TraceRequest& request, Column column, std::string_view text) {
  switch (column) {
    case Column::kNone:
      return;
    case Column::kTime:
      return read_time(request, text);
    case Column::kKey:
      request.key = text;
      return;
    case Column::kKeySize:
      request.key_size = static_cast<uint32_t>(number(text, "key size", kMaxSize));
      return;
    case Column::kValueSize:
      request.value_size = static_cast<uint32_t>(number(text, "value size", kMaxSize));
      return;
    case Column::kClient:
      // Most are numbers; any name tells clients apart as well.
      request.client = parse_u64(text).value_or(KeyedHash(0)(text));
      return;
    case Column::kVerb: {
      std::string name(text);
      std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
      });
      const std::optional<Verb> verb = parse_verb(name);
      if (!verb) lines_.refuse(fmt::format("'{}' is no verb", escaped(text)));
      request.verb = *verb;
      return;
    }
    case Column::kTtl:
      request.ttl_s = static_cast<int32_t>(number(text, "TTL", kMaxSize));
      return;
  }
}

void CsvTrace::read_time(TraceRequest& request, std::string_view text) {
  constexpr double kMaxTime = 9e9;  // seconds whose nanoseconds have 63 bits
  const std::optional<double> seconds = parse_decimal(text);
  if (!seconds || *seconds < 0 || *seconds > kMaxTime) {
    lines_.refuse(fmt::format("'{}' is no time", escaped(text)));
  }
  if (text.find('.') != text.npos) has_fractions_ = true;
  const double whole = std::floor(*seconds);
  request.time_ns =
      static_cast<int64_t>(whole) * 1'000'000'000 + static_cast<int64_t>((*seconds - whole) * 1e9);
}

uint64_t CsvTrace::number(std::string_view text, std::string_view column, uint64_t max) const {
  const std::optional<uint64_t> value = parse_u64(text);
  if (!value || *value > max)
    lines_.refuse(fmt::format("{} '{}' is no number", column, escaped(text)));
  return *value;
}

}  // namespace pelikan::load
