// Commands on one set.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/collection_rows.h"
#include "service/resp/element_reply.h"
#include "service/resp/element_scan.h"
#include "service/resp/handler_table.h"
#include "service/resp/member_draw.h"
#include "service/resp/member_look.h"
#include "service/resp/named_elements.h"
#include "service/resp/readable.h"

namespace pelikan {

template <class Store>
class RespSets {
 public:
  using Call = RespStoreCall<Store>;
  using Kind = RespSetKind;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kSadd] = sadd;
    handlers[Command::kSrem] = erase_named<Kind>;
    handlers[Command::kSmembers] = smembers;
    handlers[Command::kScard] = reply_size<Kind>;
    handlers[Command::kSismember] = sismember;
    handlers[Command::kSmismember] = smismember;
    handlers[Command::kSpop] = spop;
    handlers[Command::kSrandmember] = srandmember;
    handlers[Command::kSscan] = sscan;
  }

 private:
  using Element = structure::Element;
  using Text = structure::Text;

  static RespOutcome sadd(Call& call) noexcept {
    const auto members = call.args.subspan(2);
    size_t added = 0;
    const auto refused =
        change_collection<Kind>(call, *call.lookup, growth_of(members), [&](auto& set) {
          added = 0;
          for (const std::string_view member : members) added += set.add(Element(member)) ? 1 : 0;
          return added > 0 ? Changed::kYes : Changed::kNo;
        });
    return refused ? *refused : call.reply_count(added);
  }

  static RespOutcome smembers(Call& call) noexcept {
    const RespMemberLook look(RespMemberLook::Form::kSet);
    return reply_rows<Kind>(
        call,
        [&](RespElementReply& reply, const auto& set) {
          look.put_head(reply, set.size());
          return walk_over(set);
        },
        look);
  }
  static RespOutcome sismember(Call& call) noexcept {
    return read_collection<Kind>(call, *call.lookup, [&](const auto& set) {
      return call.reply_integer(set.contains(Element(call.args[2])) ? 1 : 0);
    });
  }
  static RespOutcome smismember(Call& call) noexcept {
    return read_collection<Kind>(call, *call.lookup, [&](const auto& set) {
      return reply_elements(call, [&](RespElementReply& reply) {
        reply.array(call.args.size() - 2);
        for (const std::string_view member : call.args.subspan(2)) {
          reply.integer(set.contains(Element(member)) ? 1 : 0);
        }
      });
    });
  }

  static RespOutcome spop(Call& call) noexcept {
    if (call.args.size() > 3) return call.reply_error(resp::Error::kSyntax);
    const bool is_one = call.args.size() == 2;
    const auto most = is_one ? 1 : resp::parse_count(call.args[2]);
    if (!most) return call.reply_error(resp::Error::kNotPositive);
    RespElementReply reply(call);
    const auto refused = change_collection<Kind>(call, *call.lookup, {}, [&](auto& set) {
      const size_t count = std::min(*most, set.size());
      reply.clear();
      if (!is_one) reply.set(count);
      if (count == 0) {
        if (is_one) reply.null();
        return Changed::kNo;
      }
      count == 1 ? pop_one(call, set, reply) : pop_some(call, set, count, reply);
      return Changed::kYes;
    });
    return refused ? *refused : reply.send();
  }
  template <class Set>
  static void pop_one(Call& call, Set& set, RespElementReply& reply) {
    const auto& members = readable(set);
    const Text member = RespMemberDraw(members, call.worker).any();
    reply.bulk(member.view());
    (void)set.erase(Element(member.view()));
  }
  // All is replied before the first is erased: then nothing can go wrong any more.
  template <class Set>
  static void pop_some(Call& call, Set& set, size_t count, RespElementReply& reply) {
    std::vector<std::string> popped;
    popped.reserve(count);
    const auto& members = readable(set);
    RespMemberDraw(members, call.worker).visit_distinct(count, [&](const Text& member) {
      reply.bulk(popped.emplace_back(member.view()));
    });
    for (const std::string& member : popped) (void)set.erase(Element(member));
  }

  static RespOutcome srandmember(Call& call) noexcept {
    RespRandomCount wanted;
    if (const auto refusal = wanted.read(call, {})) return *refusal;
    return read_collection<Kind>(call, *call.lookup,
                                 [&](const auto& set) { return reply_drawn(call, set, wanted); });
  }

  static RespOutcome sscan(Call& call) noexcept {
    return scan_collection<Kind>(
        call, RespScanned::kMembers,
        [](RespElementReply& reply, const RespScanOptions& options, const Text& member) {
          if (!options.fits(member.view())) return size_t{0};
          reply.bulk(member.view());
          return size_t{1};
        });
  }
};

}  // namespace pelikan
