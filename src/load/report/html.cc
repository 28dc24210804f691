#include "load/report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/assertion.h"
#include "load/report/json.h"
#include "load/report/page.h"

namespace pelikan::load {
namespace {

// As many points as a chart can show.
constexpr size_t kMostIntervals = 600;

// Nothing in a script element may look like its end; `<` stands in strings only.
void append_escaped(std::string& page, std::string_view json) {
  for (const char c : json) {
    if (c == '<') {
      page += "\\u003c";
    } else {
      page += c;
    }
  }
}

std::string named_json(const NamedRun& run) {
  RunResult shown = run.result;
  shown.series = thinned(shown.series, kMostIntervals);
  const nlohmann::json name = run.name;
  const auto replace = nlohmann::json::error_handler_t::replace;
  return fmt::format(R"({{"name":{},"run":{}}})", name.dump(-1, ' ', false, replace),
                     json_text(shown));
}

void merge(Interval& interval, const Interval& next) {
  const double planned =
      interval.planned_rate * interval.seconds + next.planned_rate * next.seconds;
  interval.seconds += next.seconds;
  interval.planned_rate = interval.seconds > 0 ? planned / interval.seconds : 0;
  interval.counts.add(next.counts);
  interval.response.add(next.response);
  interval.lag.add(next.lag);
  interval.bytes_in += next.bytes_in;
  interval.bytes_out += next.bytes_out;
  interval.connections = next.connections;
}

}  // namespace

std::vector<Interval> thinned(const std::vector<Interval>& series, size_t most) {
  const size_t at_once = (series.size() + most - 1) / most;
  std::vector<Interval> result;
  for (size_t i = 0; i < series.size(); ++i) {
    if (i % at_once == 0) {
      result.push_back(series[i]);
    } else {
      merge(result.back(), series[i]);
    }
  }
  return result;
}

std::string html_text(std::span<const NamedRun> runs) {
  const std::string_view page = page_template();
  const size_t mark = page.find(kRunsMark);
  CHECK(mark != page.npos);
  std::string text(page.substr(0, mark));
  text += '[';
  for (const NamedRun& run : runs) {
    if (&run != &runs.front()) text += ',';
    append_escaped(text, named_json(run));
  }
  text += ']';
  return text.append(page.substr(mark + kRunsMark.size()));
}

}  // namespace pelikan::load
