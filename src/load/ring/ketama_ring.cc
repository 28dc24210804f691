#include "load/ring/ketama_ring.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/assertion.h"
#include "base/setup_error.h"
#include "load/ring/md5.h"

namespace pelikan::load {
namespace {

// How many digests of four points a member has, 40 on average. The float's rounding decides about
// some weights, so it is nutcracker's.
uint32_t digests_of(const RingMember& member, uint32_t total, size_t members) {
  constexpr float kDigests = 40;
  const float share = static_cast<float>(member.weight) / static_cast<float>(total);
  const float exact = share * kDigests * static_cast<float>(members);
  return static_cast<uint32_t>(std::floor(static_cast<float>(exact + 1e-10)));
}

}  // namespace

KetamaRing::KetamaRing(std::span<const RingMember> members, KeyHash hash) : hash_(hash) {
  CHECK(!members.empty());
  uint32_t total = 0;
  for (const RingMember& member : members) total += member.weight;
  Md5 digest;
  for (uint32_t server = 0; server < members.size(); ++server) {
    const uint32_t digests = digests_of(members[server], total, members.size());
    for (uint32_t i = 0; i < digests; ++i) {
      for (const uint32_t value : digest(fmt::format("{}-{}", members[server].name, i))) {
        points_.push_back({.value = value, .server = server});
      }
    }
  }
  if (points_.empty()) throw SetupError(ExitCode::kConfig, "servers: the weights give no points");
  std::ranges::stable_sort(points_, {}, &Point::value);
}

size_t KetamaRing::owner_of(uint32_t hash) const noexcept {
  const auto point = std::ranges::lower_bound(points_, hash, {}, &Point::value);
  return (point == points_.end() ? points_.front() : *point).server;
}

}  // namespace pelikan::load
