#include "load/workload/random.h"

#include <cmath>
#include <numbers>

namespace pelikan::load {

double Random::exponential() noexcept { return -std::log(open_unit()); }

// Box and Muller, 1958. The second number of the pair is thrown away: what a draw gives then
// depends on the stream's place alone.
double Random::normal() noexcept {
  const double radius = std::sqrt(2 * exponential());
  return radius * std::cos(2 * std::numbers::pi * unit());
}

}  // namespace pelikan::load
