// Distribution: sizes of values and keys, and times to live.
//
//   N                      always N
//   uniform A B            A..B, all alike
//   normal MEAN SD
//   lognormal MU SIGMA     exp of a normal one: median e^MU, mean e^(MU + SIGMA^2 / 2)
//   gpareto L S K          generalized Pareto: location, scale, shape
//   gev L S K              generalized extreme value
//   list V:WEIGHT,...      one of these
//   fb_etc                 sizes of Facebook's pool ETC (Atikoglu et al., "Workload analysis of a
//                          large-scale key-value store", SIGMETRICS 2012)
//   file FILE              as measured, see histogram_file.h
//
// Sizes may have units k and m (1024, 1024^2); TTLs are seconds or have units s, m, h, d. The open
// distributions are cut at the quantity's limits.
//
// Thread safety: read-only after construction.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "load/workload/random.h"
#include "load/workload/weighted_choice.h"
#include "load/workload/words.h"

namespace pelikan::load {

// What is drawn.
enum class Quantity : uint8_t { kValueBytes, kKeyBytes, kTtlSeconds };

class Distribution {
 public:
  // Throws SetupError when the text is no distribution, or always out of the quantity's limits.
  Distribution(const Setting& setting, Quantity quantity);

  [[nodiscard]] uint32_t draw(Random& random) const noexcept;
  // What belongs to a number under a seed: always the same.
  [[nodiscard]] uint32_t draw_for(uint64_t seed, uint64_t number) const noexcept {
    if (min_ == max_) return min_;
    Random random(derived_seed(seed, number));
    return draw(random);
  }

  // No draw is below or above these.
  [[nodiscard]] uint32_t min() const noexcept { return min_; }
  [[nodiscard]] uint32_t max() const noexcept { return max_; }

 private:
  struct Uniform {
    double min;
    double max;
  };
  struct Normal {
    double mean;
    double deviation;
  };
  struct Lognormal {
    double mu;
    double sigma;
  };
  struct Pareto {
    double location;
    double scale;
    double shape;
  };
  struct ExtremeValue {
    double location;
    double scale;
    double shape;
  };
  // Groups of numbers, all alike within a group.
  struct Groups {
    std::vector<Uniform> groups;
    WeightedChoice choice;
  };
  struct FacebookValue {
    WeightedChoice small;  // sizes 0..14, and what is larger
    Pareto large;
  };
  using Shape =
      std::variant<double, Uniform, Normal, Lognormal, Pareto, ExtremeValue, Groups, FacebookValue>;

  [[nodiscard]] Shape parse_shape(Words& words, Quantity quantity, Words::Parse parse);
  [[nodiscard]] Shape fb_etc(const Words& words, Quantity quantity) const;
  [[nodiscard]] Groups read_file(Words& words);
  [[nodiscard]] Groups parse_list(Words& words, Words::Parse parse);
  [[nodiscard]] static Groups choice_of(std::vector<Uniform> groups, std::vector<double> weights);
  void narrow(Words& words, double min, double max);

  [[nodiscard]] static double drawn(double number, Random& random) noexcept;
  [[nodiscard]] static double drawn(const Uniform& shape, Random& random) noexcept;
  [[nodiscard]] static double drawn(const Normal& shape, Random& random) noexcept;
  [[nodiscard]] static double drawn(const Lognormal& shape, Random& random) noexcept;
  [[nodiscard]] static double drawn(const Pareto& shape, Random& random) noexcept;
  [[nodiscard]] static double drawn(const ExtremeValue& shape, Random& random) noexcept;
  [[nodiscard]] static double drawn(const Groups& shape, Random& random) noexcept;
  [[nodiscard]] static double drawn(const FacebookValue& shape, Random& random) noexcept;

  uint32_t min_;
  uint32_t max_;
  Shape shape_;
};

}  // namespace pelikan::load
