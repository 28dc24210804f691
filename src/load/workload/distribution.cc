#include "load/workload/distribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "load/workload/histogram_file.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kAllowed =
    "N, uniform A B, normal MEAN SD, lognormal MU SIGMA, gpareto L S K, gev L S K, list "
    "V:WEIGHT,..., fb_etc (of sizes), file FILE";

struct Bounds {
  uint32_t min;
  uint32_t max;
};
Bounds bounds_of(Quantity quantity) {
  constexpr uint32_t kMaxValue = 64 << 20;
  constexpr uint32_t kMaxKey = 250;             // memcached's
  constexpr uint32_t kMaxTtl = 30 * 24 * 3600;  // above it a relative time is an absolute one
  switch (quantity) {
    case Quantity::kValueBytes:
      return {.min = 0, .max = kMaxValue};
    case Quantity::kKeyBytes:
      return {.min = 1, .max = kMaxKey};
    case Quantity::kTtlSeconds:
      return {.min = 0, .max = kMaxTtl};
  }
  return {};
}

// An open distribution of values ends here: a little less than memcached takes by default.
constexpr double kMaxTail = 1'000'000;
// A TTL of 0 means that there is none, which no draw of an open distribution means.
constexpr double kMinTtlTail = 1;

// Table 5 of the paper: the shares of the values of 0..14 bytes. Larger ones follow the Pareto.
constexpr double kFacebookSmall[] = {0.00536, 0.00047, 0.17820, 0.09239, 0.00018,
                                     0.02740, 0.00065, 0.00606, 0.00023, 0.00837,
                                     0.00837, 0.08989, 0.00092, 0.00326, 0.01980};
constexpr double kFacebookLargest = std::size(kFacebookSmall);

double any_number(Words& words, std::string_view what) {
  constexpr double kLarge = 1e12;
  return words.number(parse_decimal, what, -kLarge, kLarge);
}
double positive_number(Words& words, std::string_view what) {
  const double number = any_number(words, what);
  if (number <= 0) words.refuse(fmt::format("{} is not above 0", what));
  return number;
}

}  // namespace

Distribution::Distribution(const Setting& setting, Quantity quantity)
    : min_(bounds_of(quantity).min), max_(bounds_of(quantity).max), shape_(0.0) {
  Words words(setting, kAllowed);
  shape_ =
      parse_shape(words, quantity, quantity == Quantity::kTtlSeconds ? parse_seconds : parse_size);
  words.end();
}

Distribution::Shape Distribution::parse_shape(Words& words, Quantity quantity, Words::Parse parse) {
  if (words.take("uniform")) {
    const double from = words.number(parse, "A", min_, max_);
    const double to = words.number(parse, "B", from, max_);
    narrow(words, from, to);
    return Uniform{.min = std::floor(from), .max = std::floor(to)};
  }
  if (words.take("list")) return parse_list(words, parse);
  if (words.take("file")) return read_file(words);
  const bool is_ttl = quantity == Quantity::kTtlSeconds;
  const double tail_min = is_ttl ? kMinTtlTail : min_;
  const double tail_max = quantity == Quantity::kValueBytes ? kMaxTail : max_;
  Shape shape = 0.0;
  if (words.take("normal")) {
    const double mean = words.number(parse, "MEAN", tail_min, tail_max);
    shape = Normal{.mean = mean, .deviation = words.number(parse, "SD", 0)};
  } else if (words.take("lognormal")) {
    const double mu = any_number(words, "MU");
    shape = Lognormal{.mu = mu, .sigma = positive_number(words, "SIGMA")};
  } else if (words.take("gpareto")) {
    const double location = any_number(words, "L");
    const double scale = positive_number(words, "S");
    shape = Pareto{.location = location, .scale = scale, .shape = any_number(words, "K")};
  } else if (words.take("gev")) {
    const double location = any_number(words, "L");
    const double scale = positive_number(words, "S");
    shape = ExtremeValue{.location = location, .scale = scale, .shape = any_number(words, "K")};
  } else if (words.take("fb_etc")) {
    shape = fb_etc(words, quantity);
  } else {
    const double number = words.number(parse, "N", min_, max_);
    narrow(words, number, number);
    return std::floor(number);
  }
  narrow(words, tail_min, tail_max);
  return shape;
}

// Values: table 5, and 15 bytes or more; keys: both fits from section 5 of the paper.
Distribution::Shape Distribution::fb_etc(const Words& words, Quantity quantity) const {
  if (quantity == Quantity::kTtlSeconds) words.refuse("fb_etc has no TTLs");
  if (quantity == Quantity::kKeyBytes) {
    return ExtremeValue{.location = 30.7984, .scale = 8.20449, .shape = 0.078688};
  }
  std::vector<double> weights(std::begin(kFacebookSmall), std::end(kFacebookSmall));
  double rest = 1;
  for (const double weight : weights) rest -= weight;
  weights.push_back(rest);
  return FacebookValue{
      .small = WeightedChoice(weights),
      .large = {.location = kFacebookLargest, .scale = 214.476, .shape = 0.348238}};
}

Distribution::Groups Distribution::parse_list(Words& words, Words::Parse parse) {
  std::vector<Uniform> groups;
  std::vector<double> weights;
  for (const Weighted& entry : weighted_list(words, parse)) {
    groups.push_back({.min = std::floor(entry.value), .max = std::floor(entry.value)});
    weights.push_back(entry.weight);
  }
  const auto [low, high] = std::ranges::minmax_element(groups, {}, &Uniform::min);
  narrow(words, low->min, high->max);
  return choice_of(std::move(groups), std::move(weights));
}

Distribution::Groups Distribution::read_file(Words& words) {
  const std::string path(words.word());
  if (path.empty()) words.refuse("FILE is missing");
  std::vector<Uniform> groups;
  std::vector<double> weights;
  double low = max_;
  double high = min_;
  for (const HistogramGroup& group : read_size_histogram(path)) {
    groups.push_back(
        {.min = static_cast<double>(group.from), .max = static_cast<double>(group.to)});
    weights.push_back(group.weight);
    low = std::min(low, groups.back().min);
    high = std::max(high, groups.back().max);
  }
  narrow(words, low, high);
  return choice_of(std::move(groups), std::move(weights));
}

Distribution::Groups Distribution::choice_of(std::vector<Uniform> groups,
                                             std::vector<double> weights) {
  return {.groups = std::move(groups), .choice = WeightedChoice(weights)};
}

void Distribution::narrow(Words& words, double min, double max) {
  if (min < min_) words.refuse(fmt::format("{} is below {}", min, min_));
  if (max > max_) words.refuse(fmt::format("{} is above {}", max, max_));
  min_ = static_cast<uint32_t>(min);
  max_ = static_cast<uint32_t>(max);
}

uint32_t Distribution::draw(Random& random) const noexcept {
  const double number =
      std::visit([&random](const auto& shape) { return drawn(shape, random); }, shape_);
  return static_cast<uint32_t>(std::clamp<double>(number, min_, max_));
}

double Distribution::drawn(double number, Random& /*random*/) noexcept { return number; }

double Distribution::drawn(const Uniform& shape, Random& random) noexcept {
  return shape.min + std::floor(random.unit() * (shape.max - shape.min + 1));
}

double Distribution::drawn(const Normal& shape, Random& random) noexcept {
  return std::round(shape.mean + shape.deviation * random.normal());
}

double Distribution::drawn(const Lognormal& shape, Random& random) noexcept {
  return std::round(std::exp(shape.mu + shape.sigma * random.normal()));
}

// Both by inverting the distribution function.
double Distribution::drawn(const Pareto& shape, Random& random) noexcept {
  const double excess = random.exponential();  // -log of what is left above
  const double scaled = shape.shape == 0 ? excess : std::expm1(shape.shape * excess) / shape.shape;
  return std::floor(shape.location + shape.scale * scaled);
}

double Distribution::drawn(const ExtremeValue& shape, Random& random) noexcept {
  const double log_excess = std::log(random.exponential());
  const double scaled =
      shape.shape == 0 ? -log_excess : std::expm1(-shape.shape * log_excess) / shape.shape;
  return std::round(shape.location + shape.scale * scaled);
}

double Distribution::drawn(const Groups& shape, Random& random) noexcept {
  return drawn(shape.groups[shape.choice.draw(random)], random);
}

double Distribution::drawn(const FacebookValue& shape, Random& random) noexcept {
  const auto small = static_cast<double>(shape.small.draw(random));
  return small < kFacebookLargest ? small : drawn(shape.large, random);
}

}  // namespace pelikan::load
