// Members of a set or a sorted set that are drawn, each as likely as any other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <unordered_set>

#include "service/resp/call.h"
#include "service/resp/element_reply.h"
#include "service/resp/member_look.h"
#include "service/resp/random_count.h"
#include "service/resp/readable.h"
#include "service/resp/refusal.h"
#include "service/resp/worker.h"
#include "structure/packed_sorted_set.h"

namespace pelikan {

// REQUIRES: the set has members, and does not change as long as this lives
template <class Set>
class RespMemberDraw {
 public:
  RespMemberDraw(const Set& set, RespWorker& worker) noexcept : set_(set), worker_(worker) {}

  // A Text of a set, a Scored of a sorted set.
  [[nodiscard]] auto any() const noexcept {
    if constexpr (kDrawsItself) {
      return set_.random_member(worker_.drawn);
    } else {
      return set_.at(below(set_.size()));
    }
  }

  // Calls visit(member) for `count` members, none of them twice. REQUIRES: no more than there are
  template <class Visit>
  void visit_distinct(size_t count, Visit&& visit) const {
    if constexpr (kDrawsItself) {
      // Two thirds of the draws find a member that was not drawn before, at least.
      if (count < set_.size() / 3) return visit_drawn(count, visit);
    }
    // Every one is taken with the chance that is right for those left (Knuth, The Art of Computer
    // Programming 2, 3.4.2, algorithm S).
    size_t left = set_.size();
    visit_members(set_, [&](const auto& member) {
      if (below(left--) >= count) return;
      --count;
      visit(member);
    });
  }

  static std::string name_of(const structure::Text& member) { return std::string(member.view()); }
  static std::string name_of(const structure::Scored& member) {
    return std::string(member.member.text().view());
  }

 private:
  static constexpr bool kDrawsItself =
      requires(const Set& set, uint64_t& random) { set.random_member(random); };

  template <class Visit>
  void visit_drawn(size_t count, Visit&& visit) const {
    std::unordered_set<std::string> drawn;
    drawn.reserve(count);
    while (drawn.size() < count) {
      const auto member = any();
      if (drawn.insert(name_of(member)).second) visit(member);
    }
  }
  [[nodiscard]] size_t below(size_t end) const noexcept { return worker_.draw() % end; }

  const Set& set_;
  RespWorker& worker_;
};

// SRANDMEMBER and ZRANDMEMBER.
template <class Set>
RespOutcome reply_drawn(RespCall& call, const Set& set, const RespRandomCount& wanted) noexcept
    try {
  if (!wanted.is_told && set.size() == 0) return call.reply_null();
  const RespMemberDraw<Set> draw(set, call.worker);
  RespElementReply reply(call);
  if (!wanted.is_told) {
    reply.bulk(RespMemberDraw<Set>::name_of(draw.any()));
    return reply.send();
  }
  const bool repeats = wanted.may_repeat && set.size() > 0;
  const size_t count = repeats ? wanted.count : std::min<uint64_t>(wanted.count, set.size());
  const auto look = RespMemberLook::with_scores(call, wanted.wants_pairs);
  look.put_head(reply, count);
  const auto show = [&](const auto& member) { look(reply, member); };
  if (!repeats) {
    if (count > 0) draw.visit_distinct(count, show);
    return reply.send();
  }
  const uint64_t most_bytes = call.worker.control.gather_max();
  for (size_t i = 0; i < count && reply.size() <= most_bytes; ++i) show(draw.any());
  if (reply.size() > most_bytes) return call.reply_error("ERR too many members for one reply");
  return reply.send();
} catch (const std::bad_alloc&) {
  return refuse_for_memory(call);
}

}  // namespace pelikan
