// Whether draws follow a distribution. Seeds are fixed, so a test passes always or never; the
// limits are those that one of a thousand good seeds would miss.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace pelikan::load::test {

// Pearson's test of counts against what was expected of each, as a standard normal number (Wilson
// and Hilferty, 1931): above 3.1 for one good seed of a thousand. Neighbours are put together until
// at least 10 are expected.
inline double chi_square_z(std::span<const uint64_t> counts, std::span<const double> expected) {
  double sum = 0;
  double bins = 0;
  double count = 0;
  double wanted = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    count += static_cast<double>(counts[i]);
    wanted += expected[i];
    if (wanted < 10) continue;
    sum += (count - wanted) * (count - wanted) / wanted;
    ++bins;
    count = wanted = 0;
  }
  const double freedom = std::max(bins - 1, 1.0);
  const double spread = 2 / (9 * freedom);
  return (std::cbrt(sum / freedom) - (1 - spread)) / std::sqrt(spread);
}
inline constexpr double kChiSquareLimit = 3.1;

// Kolmogorov's and Smirnov's distance between samples and a distribution function, times the root
// of their number: above 1.95 for one good seed of a thousand. Exact for continuous distributions;
// for others the distance is smaller.
template <class Distribution>
double kolmogorov_smirnov(std::vector<double> samples, const Distribution& distribution) {
  std::ranges::sort(samples);
  const auto n = static_cast<double>(samples.size());
  double distance = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    const double wanted = distribution(samples[i]);
    const auto rank = static_cast<double>(i);
    distance = std::max({distance, wanted - rank / n, (rank + 1) / n - wanted});
  }
  return distance * std::sqrt(n);
}
inline constexpr double kKolmogorovSmirnovLimit = 1.95;

inline double normal_distribution(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

}  // namespace pelikan::load::test
