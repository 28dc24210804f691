// RespMemberList: members of sets and sorted sets as replies show them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/element_reply.h"
#include "structure/packed_sorted_set.h"

namespace pelikan {

class RespMemberList {
 public:
  enum class Form : uint8_t {
    kMembers,
    kFlat,   // a member, its score, ...
    kPairs,  // each of them an array
  };
  // As most commands show scores.
  [[nodiscard]] static Form form_for(const RespCall& call, bool shows_scores) noexcept {
    if (!shows_scores) return Form::kMembers;
    return call.client.version == resp::ProtocolVersion::k3 ? Form::kPairs : Form::kFlat;
  }

  // So many members follow.
  static void put_head(RespElementReply& reply, size_t count, Form form) {
    reply.array(form == Form::kFlat ? 2 * count : count);
  }

  // Behind the head.
  RespMemberList(RespElementReply& reply, Form form) noexcept : reply_(reply), form_(form) {}
  // Composes the head as well.
  RespMemberList(RespElementReply& reply, size_t count, Form form) : RespMemberList(reply, form) {
    put_head(reply, count, form);
  }

  // Of a set. REQUIRES: kMembers
  void operator()(const structure::Text& member) const { reply_.bulk(member.view()); }
  void operator()(const structure::Scored& each) const {
    if (form_ == Form::kPairs) reply_.array(2);
    reply_.element(each.member);
    if (form_ != Form::kMembers) reply_.score(each.score);
  }

 private:
  RespElementReply& reply_;
  const Form form_;
};

}  // namespace pelikan
