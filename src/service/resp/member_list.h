// RespMemberList: members of a sorted set as replies show them, with their scores or without. In
// RESP3 a member and its score are a pair, in RESP2 one stands behind the other.
#pragma once

#include <cstddef>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/element_reply.h"
#include "structure/packed_sorted_set.h"

namespace pelikan {

class RespMemberList {
 public:
  // Composes the head: so many members follow.
  RespMemberList(const RespCall& call, RespElementReply& reply, size_t count, bool shows_scores)
      : reply_(reply),
        shows_scores_(shows_scores),
        has_pairs_(shows_scores && call.client.version == resp::ProtocolVersion::k3) {
    reply_.array(shows_scores && !has_pairs_ ? 2 * count : count);
  }

  void operator()(const structure::Scored& each) const {
    show(each.member.text().view(), each.score);
  }
  void show(std::string_view member, double score) const {
    if (has_pairs_) reply_.array(2);
    reply_.bulk(member);
    if (shows_scores_) reply_.score(score);
  }

 private:
  RespElementReply& reply_;
  const bool shows_scores_;
  const bool has_pairs_;
};

}  // namespace pelikan
