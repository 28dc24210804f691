#include "log/klog_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace pelikan {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

KlogWriter::KlogWriter(const KlogShape& shape, uint64_t seed, const Clock& clock,
                       const std::atomic<int32_t>& zone_s, MetricRegistry& registry)
    : one_in_(shape.one_in),
      random_(seed),
      clock_(clock),
      zone_s_(zone_s),
      lines_(shape.is_on ? shape.ring_bytes : 0),
      metrics_(registry) {
  if (shape.is_on) choose_next();
}

void KlogWriter::end(KlogLine& line, unsigned code, size_t reply_bytes) noexcept {
  line.put("\" ");
  line.put_number(code);
  line.put(' ');
  line.put_number(reply_bytes);
  line.put('\n');
  (lines_.push(line.text()) ? metrics_.logged : metrics_.discard).add();
  metrics_.skip.add(gap_);
  choose_next();
}

std::string_view KlogWriter::stamp() noexcept {
  const int64_t second = clock_.unix_ms() / 1000;
  if (second != second_) [[unlikely]]
    write_stamp(second);
  return {stamp_, stamp_size_};
}

//  - [31/Jan/2026:09:30:00 +0000] "
void KlogWriter::write_stamp(int64_t second) noexcept {
  using namespace std::chrono;
  // relaxed: it orders nothing, and changes twice a year.
  const int32_t zone_s = zone_s_.load(std::memory_order_relaxed);
  const sys_seconds local{seconds(second + zone_s)};
  const auto midnight = floor<days>(local);
  const year_month_day date(midnight);
  const hh_mm_ss time(local - midnight);
  const hh_mm_ss zone{minutes(zone_s / 60)};
  const auto end = fmt::format_to_n(
      stamp_, sizeof stamp_, " - [{:02}/{}/{:04}:{:02}:{:02}:{:02} {}{:02}{:02}] \"",
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
      time.seconds().count(), zone.is_negative() ? '-' : '+', zone.hours().count(),
      zone.minutes().count());
  stamp_size_ = std::min(end.size, sizeof stamp_);
  second_ = second;
}

// Commands come in rows of one_in_, and one of each row is chosen.
void KlogWriter::choose_next() noexcept {
  random_ = random_ * 6364136223846793005U + 1442695040888963407U;  // Knuth's, for 64 bits
  const uint64_t place = ((random_ >> 32) * one_in_) >> 32;
  gap_ = behind_ + place;
  ahead_ = gap_;
  behind_ = one_in_ - 1 - place;
}

}  // namespace pelikan
