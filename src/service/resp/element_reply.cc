#include "service/resp/element_reply.h"

#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "structure/score.h"

namespace pelikan {

char* compose_score(char* to, resp::ProtocolVersion version, double score) noexcept {
  char digits[structure::kMaxScore];
  const char* const end = structure::write_score(digits, score);
  const std::string_view text(digits, static_cast<size_t>(end - digits));
  if (version == resp::ProtocolVersion::k2) return resp::compose_bulk(to, text);
  return resp::compose_line(to, ',', text);
}

RespElementReply::RespElementReply(RespCall& call) noexcept
    : RespText(call.client.version, std::move(call.worker.reply_memory)), call_(call) {}

RespElementReply::~RespElementReply() {
  if (text_.capacity() <= 2 * kMostAtOnce) call_.worker.reply_memory = std::move(text_);
}

void RespElementReply::put_behind_cursor(uint64_t cursor, size_t count) {
  put_in_front<4 * resp::kMaxHead>([&](char* to) {
    to = resp::compose_bulk(resp::compose_array_head(to, 2), Decimal(cursor).text());
    return resp::compose_array_head(to, count);
  });
}

void RespElementReply::put_behind_array(size_t count) {
  put_in_front<resp::kMaxHead>([&](char* to) { return resp::compose_array_head(to, count); });
}

void RespElementReply::put_behind_set(size_t count) {
  put_in_front<resp::kMaxHead>(
      [&](char* to) { return resp::compose_set_head(to, version_, count); });
}

RespOutcome RespElementReply::send() noexcept {
  const size_t size = text_.size();
  if (size > Output::kReplyReserve) call_.long_bytes += size;
  const bool is_short = size <= Output::kReplyReserve;
  if (!is_short && (size > kMostAtOnce || !call_.out.can_take(size))) {
    return call_.reply_long(take());
  }
  call_.out.append(text_);
  return RespOutcome::kDone;
}

}  // namespace pelikan
