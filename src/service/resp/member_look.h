// RespMemberLook: how replies show members of sets and sorted sets.
#pragma once

#include <cstddef>
#include <cstdint>

#include "service/resp/call.h"
#include "service/resp/element_reply.h"
#include "structure/packed_sorted_set.h"

namespace pelikan {

class RespMemberLook {
 public:
  enum class Form : uint8_t {
    kSet,
    kArray,
    kFlat,   // an array of a member, its score, ...
    kPairs,  // an array with an array of each two
  };

  explicit RespMemberLook(Form form) noexcept : form_(form) {}
  // As most commands show scores, or members alone.
  [[nodiscard]] static RespMemberLook with_scores(const RespCall& call,
                                                  bool shows_scores) noexcept {
    if (!shows_scores) return RespMemberLook(Form::kArray);
    const bool has_pairs = call.client.version == resp::ProtocolVersion::k3;
    return RespMemberLook(has_pairs ? Form::kPairs : Form::kFlat);
  }

  // So many members follow.
  void put_head(RespElementReply& reply, size_t count) const {
    if (form_ == Form::kSet) {
      reply.set(count);
    } else {
      reply.array(form_ == Form::kFlat ? 2 * count : count);
    }
  }
  // REQUIRES: a form without scores
  void operator()(RespElementReply& reply, const structure::Text& member) const {
    reply.bulk(member.view());
  }
  void operator()(RespElementReply& reply, const structure::Scored& each) const {
    if (form_ == Form::kPairs) reply.array(2);
    reply.element(each.member);
    if (form_ == Form::kFlat || form_ == Form::kPairs) reply.score(each.score);
  }

 private:
  Form form_;
};

}  // namespace pelikan
