#include "load/workload/popularity.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/assertion.h"
#include "load/workload/histogram_file.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kAllowed =
    "uniform, zipf [THETA], sequential, gaussian [SD%], hotset K% T%, latest [THETA], exponential "
    "[K%], histogram FILE; all but sequential and latest with an optional `ordered`";

constexpr double kYcsbTheta = 0.99;
constexpr double kYcsbExponentialKeys = 85.71;  // % of the keys with 95 % of the requests

// "10%" is 10.
std::optional<double> parse_percent(std::string_view text) noexcept {
  if (text.ends_with('%')) text.remove_suffix(1);
  return parse_decimal(text);
}

double percent(Words& words, std::string_view what) {
  return words.number(parse_percent, what, 1e-9, 100) / 100;
}

bool number_follows(const Words& words) {
  Words ahead = words;
  return parse_percent(ahead.word()).has_value();
}

double theta(Words& words) {
  if (!number_follows(words)) return kYcsbTheta;
  const double theta = words.number(parse_decimal, "THETA", 0, 3);
  if (theta <= 0 || theta >= 3) words.refuse("THETA is not between 0 and 3");
  return theta;
}

double optional_percent(Words& words, std::string_view what, double otherwise) {
  return number_follows(words) ? percent(words, what) : otherwise / 100;
}

uint64_t rounded(double keys) { return static_cast<uint64_t>(std::llround(keys)); }

uint64_t keys_of(double share, uint64_t keys) {
  return std::clamp<uint64_t>(rounded(share * static_cast<double>(keys)), 1, keys);
}

}  // namespace

Popularity::Popularity(const PopularityOptions& options, Share share)
    : keys_(options.keys),
      drift_per_s_(options.drift_per_s),
      one_hit_share_(options.one_hit_percent / 100),
      share_(share),
      scramble_(options.keys, options.seed),
      shape_(Uniform{options.keys}) {
  CHECK(share.index < share.count);
  Words words(options.popularity, kAllowed);
  shape_ = parse_shape(words, keys_, share);
  if (std::holds_alternative<Sequential>(shape_) || std::holds_alternative<Latest>(shape_)) {
    order_ = Order::kNumbered;
  } else if (!words.take("scrambled") && words.take("ordered")) {
    order_ = Order::kOrdered;
  }
  words.end();
}

Popularity::Shape Popularity::parse_shape(Words& words, uint64_t keys, Share share) {
  if (words.take("uniform")) return Uniform{keys};
  if (words.take("zipf")) return Zipf(keys, theta(words));
  if (words.take("sequential")) {
    return Sequential{.keys = keys, .next = share.index % keys, .step = share.count};
  }
  if (words.take("gaussian")) {
    const double deviation = optional_percent(words, "SD%", 15) * static_cast<double>(keys);
    return Gaussian{.keys = keys, .deviation = deviation};
  }
  if (words.take("hotset")) {
    const double hot = percent(words, "K%");
    return HotSet{.keys = keys, .hot_keys = keys_of(hot, keys), .hot_share = percent(words, "T%")};
  }
  if (words.take("latest")) {
    const double exponent = theta(words);
    // With fewer keys than threads, all threads write all keys.
    if (keys < share.count) share = {};
    const uint64_t own = (keys - share.index + share.count - 1) / share.count;
    return Latest{.age = Zipf(own, exponent), .keys = own, .newest = own - 1, .share = share};
  }
  if (words.take("exponential")) {
    const double most = optional_percent(words, "K%", kYcsbExponentialKeys);
    return Exponential{.keys = keys, .mean = most * static_cast<double>(keys) / -std::log(0.05)};
  }
  if (words.take("histogram")) {
    const std::string_view path = words.word();
    if (path.empty()) words.refuse("FILE is missing");
    return read_histogram(path, keys);
  }
  words.refuse("it names no popularity");
}

// The file's groups, scaled to the number of keys. A group of less than a key shares one with its
// neighbours.
Popularity::Histogram Popularity::read_histogram(std::string_view path, uint64_t keys) {
  const std::vector<HistogramGroup> measured = read_popularity_histogram(std::string(path));
  double all = 0;
  std::vector<double> weights;
  for (const HistogramGroup& group : measured) {
    all += static_cast<double>(group.to - group.from + 1);
    weights.push_back(group.weight);
  }
  Histogram histogram{.groups = {}, .choice = WeightedChoice(weights)};
  const double scale = static_cast<double>(keys) / all;
  double end = 0;
  for (const HistogramGroup& group : measured) {
    const auto first = std::min(rounded(end * scale), keys - 1);
    end += static_cast<double>(group.to - group.from + 1);
    const auto stop = std::min(rounded(end * scale), keys);
    histogram.groups.push_back({.first = first, .keys = std::max(stop, first + 1) - first});
  }
  return histogram;
}

uint64_t Popularity::read(Random& random) noexcept {
  if (is_one_hit(random)) return next_one_hit();
  return key_of(std::visit([&random](auto& shape) { return shape(random); }, shape_));
}

uint64_t Popularity::write(Random& random) noexcept {
  if (auto* latest = std::get_if<Latest>(&shape_)) {
    return is_one_hit(random) ? next_one_hit() : latest->write();
  }
  return read(random);
}

uint64_t Popularity::next_one_hit() noexcept {
  return keys_ + one_hits_++ * share_.count + share_.index;
}

// With the drift, rank 0 goes to a new key again and again, and the keys before it cool down.
uint64_t Popularity::key_of(uint64_t rank) const noexcept {
  if (order_ == Order::kNumbered) return rank;
  const uint64_t place = rank >= drifted_ ? rank - drifted_ : rank + (keys_ - drifted_);
  return order_ == Order::kScrambled ? scramble_(place) : place;
}

void Popularity::move_to(std::chrono::nanoseconds elapsed) noexcept {
  if (drift_per_s_ == 0) return;
  const double seconds = std::chrono::duration<double>(elapsed).count();
  drifted_ = static_cast<uint64_t>(std::max(seconds, 0.0) * drift_per_s_) % keys_;
}

uint64_t Popularity::Gaussian::operator()(Random& random) const noexcept {
  const double middle = static_cast<double>(keys) / 2;
  double rank = 0;
  do {
    rank = middle + deviation * random.normal();
  } while (rank < 0 || rank >= static_cast<double>(keys));
  return std::min(static_cast<uint64_t>(rank), keys - 1);
}

uint64_t Popularity::HotSet::operator()(Random& random) const noexcept {
  const bool is_hot = random.unit() < hot_share || hot_keys == keys;
  return is_hot ? random.uniform(hot_keys) : hot_keys + random.uniform(keys - hot_keys);
}

uint64_t Popularity::Exponential::operator()(Random& random) const noexcept {
  double rank = 0;
  do {
    rank = mean * random.exponential();
  } while (rank >= static_cast<double>(keys));
  return std::min(static_cast<uint64_t>(rank), keys - 1);
}

uint64_t Popularity::Histogram::operator()(Random& random) const noexcept {
  const Group& group = groups[choice.draw(random)];
  return group.first + random.uniform(group.keys);
}

uint64_t Popularity::Sequential::operator()(Random& /*random*/) noexcept {
  const uint64_t key = next;
  next = (next + step) % keys;
  return key;
}

uint64_t Popularity::Latest::operator()(Random& random) const noexcept {
  const uint64_t old = age(random);
  const uint64_t place = newest >= old ? newest - old : newest + keys - old;
  return place * share.count + share.index;
}

uint64_t Popularity::Latest::write() noexcept {
  newest = newest + 1 == keys ? 0 : newest + 1;
  return newest * share.count + share.index;
}

}  // namespace pelikan::load
