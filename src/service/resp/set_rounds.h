// What becomes of the members of several sets that a command puts together: they are counted,
// replied, or stored. All of it is done in rounds if there are many.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "service/resp/collection_rows.h"
#include "service/resp/errand.h"
#include "service/resp/member_look.h"
#include "service/resp/row_walk.h"
#include "service/resp/set_algebra.h"
#include "service/resp/set_source.h"
#include "service/resp/store_result.h"

namespace pelikan {

// The steps of a result, in their order; each has those of them that mean something to it, and
// add(reply, sources, source, member, score) for what is visited.
struct RespResult {
  static constexpr size_t kRowsAtOnce = kRespRowsRead;

  [[nodiscard]] static bool wants_more() noexcept { return true; }
  // What add() has composed is lost behind this.
  static void end_step(RespElementReply& /*reply*/) {}
  // While the keys are locked; again when there is room for what it could not store.
  static PutStatus store(RespCall& /*call*/) { return PutStatus::kStored; }
  // And reply(call), when they are not; again in the next round if it says so.
};

template <class Store, class Result>
RespErrand put_together(RespStoreCall<Store>* call, RespHeldSources<Store> held,
                        RespSetOperation operation, Result result) {
  RespSetWalk walk(operation, held.sources);
  const bool is_long = walk.rows() * walk.sources_per_row() > kRespRowsRead;
  if (is_long && !held.keep(call->store)) co_return RespOutcome::kAgain;
  const size_t rows = is_long ? Result::kRowsAtOnce / walk.sources_per_row() : walk.rows();
  while (!walk.is_done() && result.wants_more()) {
    if (is_long) co_yield RespOutcome::kNextRound;
    RespElementReply reply(*call);
    walk.step(rows, [&](const RespSource& from, std::string_view member, double score) {
      result.add(reply, held.sources, from, member, score);
    });
    result.end_step(reply);
  }
  PutStatus status = result.store(*call);
  while (status == PutStatus::kNoMemory) {
    co_yield RespOutcome::kNoMemory;
    status = result.store(*call);
  }
  held.let_go();
  while (!call->out.has_room()) co_yield RespOutcome::kOutputFull;
  if (status != PutStatus::kStored) co_return refuse_write(*call, *call->lookup, status);
  RespOutcome outcome = result.reply(*call);
  while (outcome == RespOutcome::kNextRound) {
    co_yield RespOutcome::kNextRound;
    outcome = result.reply(*call);
  }
  co_return outcome;
}

// SINTERCARD, ZINTERCARD. A limit of 0 is none.
class RespMemberCount : public RespResult {
 public:
  explicit RespMemberCount(size_t limit) noexcept : limit_(limit == 0 ? SIZE_MAX : limit) {}

  [[nodiscard]] bool wants_more() const noexcept { return count_ < limit_; }
  void add(RespElementReply& /*reply*/, const RespSources& /*sources*/, const RespSource& /*from*/,
           std::string_view /*member*/, double /*score*/) noexcept {
    if (wants_more()) ++count_;
  }
  RespOutcome reply(RespCall& call) const noexcept { return call.reply_count(count_); }

 private:
  size_t limit_;
  size_t count_ = 0;
};

template <class Store>
RespOutcome count_common(RespStoreCall<Store>& call, RespHeldSources<Store> held, size_t limit) {
  sort_by_size(held.sources);
  return begin_errand(call, put_together(&call, std::move(held), RespSetOperation::kIntersection,
                                         RespMemberCount(limit)));
}

// SINTER, SDIFF: no member comes twice.
class RespMemberText : public RespResult {
 public:
  RespMemberText() : parts_(1) {}

  void add(RespElementReply& reply, const RespSources& /*sources*/, const RespSource& /*from*/,
           std::string_view member, double /*score*/) {
    reply.bulk(member);
    ++count_;
  }
  void end_step(RespElementReply& reply) {
    if (reply.size() != 0) parts_.push_back(reply.copy());
  }
  RespOutcome reply(RespCall& call) {
    parts_.front() = RespText(call.client.version).set(count_).take();
    return call.reply_long(std::move(parts_));
  }

 private:
  RespTextParts parts_;  // the first is for the head
  size_t count_ = 0;
};

// How the members of sets come together.
struct RespMemberJoin {
  static void add(structure::BigSet& result, const RespSources& /*sources*/,
                  const RespSource& /*from*/, std::string_view member, double /*score*/) {
    (void)result.add(structure::Element(member));
  }
};

// A collection that is made of what is visited, as Join does it.
template <class Kind, class Store, class Join>
class RespJoined : public RespResult {
 public:
  static constexpr size_t kRowsAtOnce = kRespRowsPut;

  RespJoined(RespStoreCall<Store>& call, Join join) : made_(call), join_(join) {}

  void add(RespElementReply& /*reply*/, const RespSources& sources, const RespSource& from,
           std::string_view member, double score) {
    join_.add(made_.data(), sources, from, member, score);
  }

 protected:
  RespMade<Kind, Store> made_;

 private:
  Join join_;
};

// SUNIONSTORE and its kin.
template <class Kind, class Store, class Join>
class RespStored : public RespJoined<Kind, Store, Join> {
 public:
  using RespJoined<Kind, Store, Join>::RespJoined;

  PutStatus store(RespStoreCall<Store>& call) {
    size_ = this->made_.data().size();
    return store_result(call, *call.lookup, this->made_);
  }
  RespOutcome reply(RespCall& call) const noexcept { return call.reply_count(size_); }

 private:
  size_t size_ = 0;
};

// SUNION, ZUNION and its kin.
template <class Kind, class Store, class Join>
class RespShown : public RespJoined<Kind, Store, Join> {
 public:
  RespShown(RespStoreCall<Store>& call, Join join, RespMemberLook look)
      : RespJoined<Kind, Store, Join>(call, join), look_(look) {}

  RespOutcome reply(RespCall& call) {
    const auto& all = this->made_.data();
    RespElementReply reply(call);
    if (!walk_) {
      walk_ = walk_over(all);
      look_.put_head(reply, all.size());
      if (all.size() <= kRespRowsRead) return reply_at_once(call, reply);
    }
    walk_->step(all, kRespRowsRead, [&](const auto& row) { look_(reply, row); });
    parts_.push_back(reply.copy());
    return walk_->is_done() ? call.reply_long(std::move(parts_)) : RespOutcome::kNextRound;
  }

 private:
  RespOutcome reply_at_once(RespCall& call, RespElementReply& reply) {
    const auto show = [&](const auto& row) { look_(reply, row); };
    if constexpr (std::is_same_v<Kind, RespSetKind>) {
      auto& draft = call.worker.drafts.template of<Kind>();
      if (pack<Kind>(this->made_.data(), draft)) {  // numbers come in order, as of any small set
        draft.view().visit_all(show);
        return reply.send();
      }
    }
    visit_members(this->made_.data(), show);
    return reply.send();
  }

  RespMemberLook look_;
  std::optional<RespRowWalk> walk_;
  RespTextParts parts_;
};

}  // namespace pelikan
