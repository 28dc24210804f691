#include "service/resp/key_list.h"

#include "base/bytes.h"
#include "service/resp/call.h"

namespace pelikan {

void RespKeyList::add(std::string_view key) {
  char head[resp::kMaxHead];
  bulks_.append(head, resp::compose_bulk_head(head, key.size()));
  bulks_.append(key).append("\r\n");
  ++count_;
}

RespOutcome RespKeyList::reply_behind_cursor(RespCall& call, uint64_t cursor) const noexcept {
  constexpr size_t kMaxHeads = 4 * resp::kMaxHead;
  const RespOutcome room = call.room_for(kMaxHeads + bytes());
  if (room != RespOutcome::kDone) return room;
  (void)call.reply([&](char* to) {
    to = resp::compose_array_head(to, 2);
    to = resp::compose_bulk(to, Decimal(cursor).text());
    return resp::compose_array_head(to, count_);
  });
  call.out.append(bulks_);
  return RespOutcome::kDone;
}

RespOutcome RespKeyList::reply_all(RespCall& call) const noexcept {
  char head[resp::kMaxHead];
  std::string text(head, resp::compose_array_head(head, count_));
  return call.reply_long(text.append(bulks_));
}

}  // namespace pelikan
