#include "load/trace/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/hash.h"
#include "base/setup_error.h"

namespace pelikan::load {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;

int64_t second_of(int64_t time_ns) noexcept { return time_ns / kSecondNs; }

}  // namespace

Trace::Trace(const TraceOptions& options, ArrivalKind spread, uint64_t seed)
    : options_(options),
      spread_(spread),
      seed_(seed),
      speed_(parse_speed()),
      random_(derived_seed(seed, 0)) {
  if (options.loop.get() > 1 && options.trace.get() == "-") {
    throw SetupError(ExitCode::kConfig, "trace_loop: standard input cannot be read again");
  }
  // A wrong format or file ends the program now, not at the first request.
  reader_ = TraceReader::open(Setting(options.format), options.trace.get(), seed);
}

double Trace::parse_speed() const {
  const Setting setting(options_.speed);
  constexpr std::string_view kAllowed = "a number above 0, max";
  Words words(setting, kAllowed);
  if (words.take("max")) return std::numeric_limits<double>::infinity();
  const double speed = words.number(parse_decimal, "speed", 0, 1e9);
  if (speed <= 0) words.refuse("it is not above 0");
  words.end();
  return speed;
}

bool Trace::next(TraceRequest& request) {
  if (std::isinf(speed_)) {
    if (!read(request)) return false;
    request.time_ns = 0;
    finish(request);
    return true;
  }
  if (given_ == held_.size() && !hold_second()) return false;
  const Held& held = held_[given_];
  request = held.request;
  request.key = std::string_view(keys_).substr(held.key_at, request.key.size());
  if (reader_->has_whole_seconds()) request.time_ns += spread_ns();
  ++given_;
  request.time_ns = static_cast<int64_t>(static_cast<double>(request.time_ns) / speed_);
  finish(request);
  return true;
}

// The next request of the chosen part, its time from the start of the replay.
bool Trace::read(TraceRequest& request) {
  while (true) {
    if (read_ == 0 && !begin_loop()) return false;
    const bool is_over = options_.limit.get() > 0 && read_ > options_.limit.get();
    if (!is_over && reader_->next(request)) break;
    if (read_ == 1) {
      throw SetupError(ExitCode::kBadData, fmt::format("{}: no request behind the first {}",
                                                       options_.trace.get(), options_.start.get()));
    }
    read_ = 0;
  }
  // The first one of a loop follows at once.
  if (read_++ == 1) shift_ns_ = last_ns_ - request.time_ns;
  last_ns_ = std::max(last_ns_, request.time_ns + shift_ns_);
  request.time_ns = last_ns_;
  return true;
}

// Opens the file anew and passes over trace_start requests. False when all loops are done.
bool Trace::begin_loop() {
  if (loops_ == options_.loop.get()) return false;
  if (loops_ > 0) {
    passed_over_ += reader_->passed_over();
    reader_ = TraceReader::open(Setting(options_.format), options_.trace.get(), seed_);
  }
  ++loops_;
  TraceRequest passed;
  for (uint64_t i = 0; i < options_.start.get() && reader_->next(passed); ++i) {
  }
  read_ = 1;
  return true;
}

// Holds the requests of the next second that has any; a trace with finer times, one request.
bool Trace::hold_second() {
  held_.clear();
  keys_.clear();
  given_ = 0;
  place_ = 0;
  if (!has_ahead_ && !read(ahead_)) return false;
  has_ahead_ = false;
  hold(ahead_);
  if (!reader_->has_whole_seconds()) return true;
  const int64_t second = second_of(ahead_.time_ns);
  while (read(ahead_)) {
    has_ahead_ = second_of(ahead_.time_ns) != second;
    if (has_ahead_) break;
    hold(ahead_);
  }
  return true;
}

void Trace::hold(const TraceRequest& request) {
  if (held_.size() == kMaxPerSecond) {
    throw SetupError(ExitCode::kBadData, fmt::format("{}: more than {} requests in a second",
                                                     options_.trace.get(), kMaxPerSecond));
  }
  held_.push_back({.request = request, .key_at = keys_.size()});
  keys_.append(request.key);
}

// The place of the next held request inside its second. Poisson's places are n uniform ones in
// order, drawn one by one: of what is left of the second, the least of those to come.
int64_t Trace::spread_ns() {
  const auto count = static_cast<double>(held_.size());
  const auto index = static_cast<double>(given_);
  if (spread_ == ArrivalKind::kEven) {
    place_ = (index + 0.5) / count;
  } else {
    place_ += (1 - place_) * -std::expm1(-random_.exponential() / (count - index));
  }
  return std::min(static_cast<int64_t>(place_ * 1e9), kSecondNs - 1);
}

void Trace::finish(TraceRequest& request) {
  request.key = fitted(request);
  request.key_size = static_cast<uint32_t>(request.key.size());
  const double size = request.value_size * options_.scale_values.get();
  request.value_size =
      static_cast<uint32_t>(std::min<double>(size, std::numeric_limits<uint32_t>::max()));
}

// A key shorter than recorded is padded; one that is too long is cut and ends with its hash, so
// that distinct keys stay distinct. What is no printable byte becomes '_'.
std::string_view Trace::fitted(const TraceRequest& request) {
  constexpr size_t kHashDigits = 11;
  const size_t size = std::clamp<size_t>(request.key_size, 1, kMaxKeyBytes);
  fitted_.assign(request.key.substr(0, size));
  if (request.key.size() > size) {
    uint64_t hash = KeyedHash(0)(request.key);
    for (size_t i = size - std::min(size, kHashDigits); i < size; ++i, hash >>= 6) {
      constexpr std::string_view kDigits =
          "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.";
      fitted_[i] = kDigits[hash & 63];
    }
  }
  std::ranges::replace_if(
      fitted_, [](char c) { return c <= ' ' || c >= '\x7f'; }, '_');
  fitted_.resize(size, '_');
  return fitted_;
}

}  // namespace pelikan::load
