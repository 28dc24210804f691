// HRANDFIELD: fields drawn from a hash, each as likely as any other.
//
// A large hash draws by itself (structure/row_table.h), as long as that finds new fields fast and
// none of them has expired. Otherwise all live fields are listed, and drawn from the list.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <unordered_set>
#include <utility>
#include <vector>

#include "service/resp/element_reply.h"
#include "service/resp/random_count.h"
#include "structure/packed_hash.h"

namespace pelikan {

// REQUIRES: the hash has a live field, and does not change as long as this lives
template <class Hash>
class RespFieldDraw {
 public:
  using Field = structure::Field;

  RespFieldDraw(const Hash& hash, size_t live, int64_t now_ms, RespWorker& worker)
      : hash_(hash), live_(live), now_ms_(now_ms), worker_(worker) {
    if (live != hash.size()) list_all();
  }

  [[nodiscard]] Field any() noexcept {
    if (!listed_.empty()) return listed_[below(live_)];
    if constexpr (kDrawsItself) {
      return hash_.random_field(worker_.drawn);
    } else {
      return hash_.at(below(live_));
    }
  }
  // Calls visit(const Field&) for `count` fields, none of them twice. REQUIRES: no more than live
  template <class Visit>
  void visit_distinct(size_t count, Visit&& visit) {
    if constexpr (kDrawsItself) {
      // Two thirds of the draws find a field that was not drawn before, at least.
      if (listed_.empty() && count < live_ / 3) return visit_drawn(count, visit);
    }
    if (listed_.empty()) list_all();
    for (size_t i = 0; i < count; ++i) {
      std::swap(listed_[i], listed_[i + below(live_ - i)]);
      visit(listed_[i]);
    }
  }

 private:
  static constexpr bool kDrawsItself =
      requires(const Hash& hash, uint64_t& random) { hash.random_field(random); };

  void list_all() {
    listed_.reserve(live_);
    hash_.visit_all([&](const Field& field) {
      if (field.is_live(now_ms_)) listed_.push_back(field);
    });
  }
  template <class Visit>
  void visit_drawn(size_t count, Visit&& visit) {
    std::unordered_set<const char*> drawn;
    drawn.reserve(count);
    while (drawn.size() < count) {
      const Field field = any();
      if (drawn.insert(field.name.data()).second) visit(field);
    }
  }
  [[nodiscard]] size_t below(size_t end) noexcept { return worker_.draw() % end; }

  const Hash& hash_;
  const size_t live_;
  const int64_t now_ms_;
  RespWorker& worker_;
  std::vector<Field> listed_;
};

template <class Hash>
RespOutcome reply_random(RespCall& call, const Hash& hash, const RespRandomCount& wanted) noexcept
    try {
  const int64_t now_ms = call.clock().now_ms();
  const size_t live = hash.count_live(now_ms);
  if (live == 0) return wanted.is_told ? call.reply_array_head(0) : call.reply_null();
  RespFieldDraw<Hash> draw(hash, live, now_ms, call.worker);
  if (!wanted.is_told) return call.reply_bulk(draw.any().name.text().view());

  RespElementReply reply(call);
  const size_t count = wanted.may_repeat ? wanted.count : std::min<uint64_t>(wanted.count, live);
  const bool nests = wanted.wants_pairs && call.client.version == resp::ProtocolVersion::k3;
  reply.array(wanted.wants_pairs && !nests ? 2 * count : count);
  const auto put = [&](const structure::Field& field) {
    if (nests) reply.array(2);
    reply.element(field.name);
    if (wanted.wants_pairs) reply.element(field.value);
  };
  if (wanted.may_repeat) {
    const uint64_t most_bytes = call.worker.control.gather_max();
    for (size_t i = 0; i < count && reply.size() <= most_bytes; ++i) put(draw.any());
    if (reply.size() > most_bytes) return call.reply_error("ERR too many fields for one reply");
  } else {
    draw.visit_distinct(count, put);
  }
  return reply.send();
} catch (const std::bad_alloc&) {
  return refuse_for_memory(call);
}

}  // namespace pelikan
