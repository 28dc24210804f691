// RespElementReply: a reply with elements of a collection, put together in memory of the worker
// before any of it goes out. So its length need not be known, and a command that changes what it
// replies with composes first: sending never fails.
//
//   return reply_elements(call, [&](RespElementReply& reply) {
//     reply.map(hash.size());
//     hash.visit_all([&](const structure::Field& field) {
//       reply.element(field.name).element(field.value);
//     });
//   });
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/refusal.h"
#include "service/resp/reply_text.h"
#include "structure/cell.h"
#include "structure/score.h"

namespace pelikan {

// A double, or a bulk string in RESP2, as structure/score.h writes it. REQUIRES: not NaN;
// kMaxComposedScore bytes at `to`
inline constexpr size_t kMaxComposedScore = resp::kMaxHead + structure::kMaxScore + 2;
char* compose_score(char* to, resp::ProtocolVersion version, double score) noexcept;

// One at a time of each worker. All but send() may throw std::bad_alloc.
class RespElementReply : public RespText {
 public:
  explicit RespElementReply(RespCall& call) noexcept;
  ~RespElementReply();
  RespElementReply(const RespElementReply&) = delete;
  RespElementReply& operator=(const RespElementReply&) = delete;

  // A bulk string.
  RespElementReply& element(structure::Cell cell) {
    bulk(cell.text().view());
    return *this;
  }
  // The same; returns the element's text as it stands in the reply, until more is composed.
  std::string_view show_element(structure::Cell cell) {
    element(cell);
    const size_t size = cell.text().view().size();
    return std::string_view(text_).substr(text_.size() - size - 2, size);
  }
  RespElementReply& score(double score) {
    put([&](char* to) { return compose_score(to, version_, score); });
    return *this;
  }
  // What was composed so far are `count` elements that a scan has come to: puts the heads of its
  // reply before them.
  void put_behind_cursor(uint64_t cursor, size_t count);
  // They are an array's, or a set's.
  void put_behind_array(size_t count);
  void put_behind_set(size_t count);
  [[nodiscard]] size_t size() const noexcept { return text_.size(); }
  // For a change that is run anew.
  void clear() noexcept { text_.clear(); }
  // A part of a longer text.
  [[nodiscard]] std::string copy() const { return text_; }
  // Composing so much throws nothing then.
  void reserve(size_t bytes) { text_.reserve(bytes); }

  // Nothing may be composed behind it. REQUIRES: it is a whole reply; out.has_room()
  RespOutcome send() noexcept;

 private:
  // More goes out piece by piece, as the output drains; nor is more of it kept for the next reply.
  static constexpr size_t kMostAtOnce = 64 * 1024;

  // compose(to) returns the end of at most so many bytes.
  template <size_t kMost, class Compose>
  void put_in_front(Compose&& compose) {
    char head[kMost];
    text_.insert(0, head, static_cast<size_t>(compose(head) - head));
  }

  RespCall& call_;
};

// Replies what compose(RespElementReply&) composes.
template <class Compose>
RespOutcome reply_elements(RespCall& call, Compose&& compose) noexcept try {
  RespElementReply reply(call);
  compose(reply);
  return reply.send();
} catch (const std::bad_alloc&) {
  return refuse_for_memory(call);
}

}  // namespace pelikan
