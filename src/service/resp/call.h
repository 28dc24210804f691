// RespCall is what a command finds when it runs: its arguments, its client, its worker, and the
// ways to reply. The contract between the dispatch and the commands:
//
//   RespOutcome echo(RespCall& call) { return call.reply_bulk(call.args[1]); }
//
// A handler runs when the number of arguments is right for its CommandSpec, the client may run it,
// and out.has_room(): Output::kReplyReserve bytes can be written without a question. Most handlers
// end with one of the reply_...() functions, which write a reply and return kDone; an error is
// counted as it is written. Those whose reply may be longer, by what a client sent or stored, first
// ask (room_for()) or return what reply_bulk(), reply_value() and reply_long() return: these write
// nothing when there is no room, and the handler is called anew when the output has drained. So
// nothing may have been changed by then, or `client.progress` says how far it was: that is zero at
// a command's first call, and forgotten when it is done. What looks at all of a large collection is
// not called anew: it goes on as an errand (errand.h).
//
// Two kinds of handlers (handlers.h): RespOutcome(RespCall&) for commands about no key; they run
// outside the store's epoch and may allocate: a std::bad_alloc is answered as an OOM error.
// RespOutcome(RespStoreCall<Store>&) for commands about keys; they run inside the epoch in which
// `lookup`, their first key, was prepared, and make no system call. They return kNoMemory when the
// store says so; if no room can be made, the dispatch takes away what stands under the key the
// command was at and answers with an OOM error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "buffer/output.h"
#include "protocol/resp/command.h"
#include "protocol/resp/compose.h"
#include "protocol/resp/error.h"
#include "service/resp/client.h"
#include "service/resp/outcome.h"
#include "service/resp/worker.h"
#include "service/stored_value.h"
#include "storage/store.h"

namespace pelikan {

// What stands around a value in a bulk string.
struct RespValueFrame {
  static constexpr size_t kMaxHead = resp::kMaxHead;
  static constexpr size_t kMaxTail = 2;

  template <ValueParts Item>
  [[nodiscard]] char* head(char* to, const Item& /*item*/, size_t size) const noexcept {
    return resp::compose_bulk_head(to, size);
  }
  [[nodiscard]] char* tail(char* to) const noexcept { return resp::compose_fixed(to, "\r\n"); }
};

struct RespCall {
  RespWorker& worker;
  RespClient& client;
  Output& out;
  const resp::CommandSpec* spec = nullptr;
  std::span<const std::string_view> args{};  // args[0] is the command's name
  size_t long_bytes = 0;                     // of values that went into long replies so far

  [[nodiscard]] const Clock& clock() const noexcept { return worker.clock; }
  // The wall clock of the worker's round, in step with clock().now_ms(): a point in time that was
  // told in one is told in the other without loss.
  [[nodiscard]] int64_t unix_ms() const noexcept {
    return worker.clock.now_ms() + worker.control.wall_offset_ms();
  }

  // Writes `compose(to)`, of at most kReplyReserve bytes.
  template <class Compose>
  RespOutcome reply(Compose&& compose) noexcept {
    out.commit(compose(out.reserve(Output::kReplyReserve)));
    return RespOutcome::kDone;
  }
  RespOutcome reply_ok() noexcept {
    return reply([](char* to) { return resp::compose_ok(to); });
  }
  // REQUIRES: short, without CR or LF
  RespOutcome reply_simple(std::string_view text) noexcept {
    return reply([&](char* to) { return resp::compose_simple(to, text); });
  }
  RespOutcome reply_integer(int64_t number) noexcept {
    return reply([&](char* to) { return resp::compose_integer(to, number); });
  }
  RespOutcome reply_count(size_t count) noexcept {
    return reply_integer(static_cast<int64_t>(count));
  }
  RespOutcome reply_null() noexcept {
    return reply([&](char* to) { return resp::compose_null(to, client.version); });
  }
  RespOutcome reply_null_array() noexcept {
    return reply([&](char* to) { return resp::compose_null_array(to, client.version); });
  }
  RespOutcome reply_array_head(size_t elements) noexcept {
    return reply([&](char* to) { return resp::compose_array_head(to, elements); });
  }
  RespOutcome reply_error(resp::Error error) noexcept {
    return reply_error(resp::error_text(error));
  }
  // The text begins with its kind, "ERR ". REQUIRES: no CR or LF in it; less than kReplyReserve
  RespOutcome reply_error(std::string_view text) noexcept {
    if (spec != nullptr) worker.metrics.count_error(spec->id);
    worker.metrics.count_error_kind(text);
    return reply([&](char* to) { return resp::compose_error(to, text); });
  }

  // kDone: so many bytes can be written now. Otherwise what the handler returns; a reply that can
  // never be written is an error.
  RespOutcome room_for(size_t bytes) noexcept {
    if (out.can_take(bytes)) [[likely]]
      return RespOutcome::kDone;
    if (may_ever_fit(bytes, out)) return RespOutcome::kOutputFull;
    (void)reply_error("ERR the reply does not fit the connection's memory");
    return RespOutcome::kClose;
  }
  // The same of a bulk string, and of a value as one: for commands that write before they reply.
  RespOutcome room_for_bulk(std::string_view bytes) noexcept {
    return room_for(RespValueFrame::kMaxHead + bytes.size() + RespValueFrame::kMaxTail);
  }
  template <ValueParts Item>
  RespOutcome room_for_value(const Item& item) noexcept {
    return room_for(RespValueFrame::kMaxHead + item.value_size() + RespValueFrame::kMaxTail);
  }
  // A bulk string of any length.
  RespOutcome reply_bulk(std::string_view bytes) noexcept {
    if (bytes.size() <= Output::kReplyReserve - RespValueFrame::kMaxHead - RespValueFrame::kMaxTail)
        [[likely]]
      return reply([&](char* to) { return resp::compose_bulk(to, bytes); });
    if (const RespOutcome room = room_for_bulk(bytes); room != RespOutcome::kDone) return room;
    (void)reply([&](char* to) { return resp::compose_bulk_head(to, bytes.size()); });
    out.append(bytes);
    out.append("\r\n");
    return RespOutcome::kDone;
  }
  // An item's value as a bulk string. REQUIRES: in the epoch in which it was found
  template <ValueParts Item>
  RespOutcome reply_value(const Item& item) noexcept {
    switch (compose_value(item, RespValueFrame{}, out)) {
      case Composed::kShort:
        return RespOutcome::kDone;
      case Composed::kLong:
        long_bytes += item.value_size();
        return RespOutcome::kDone;
      case Composed::kNoRoom:
      case Composed::kNever:
        break;
    }
    return room_for_value(item);
  }
  // A whole reply that was put together beforehand, of any length: it goes out as the output
  // drains. For commands that are rare; allocates.
  template <class Text>
  RespOutcome reply_long(Text text) noexcept {
    client.long_reply.begin(std::move(text));
    (void)client.long_reply.move_to(out);
    return RespOutcome::kDone;
  }

  // Of a reading command: its key was found, or not.
  void count_key(bool found) noexcept { (found ? worker.metrics.hit : worker.metrics.miss).add(); }
};

// The call of a command about keys.
template <class Store>
struct RespStoreCall : RespCall {
  Store& store;
  const Lookup* lookup = nullptr;  // the first key's

  // Another key's.
  [[nodiscard]] Lookup prepared(std::string_view key) noexcept {
    Lookup other{.key = key};
    store.prepare({&other, 1});
    return other;
  }

  // The item that a command reads: as a use of it, but for a client that wants none counted.
  [[nodiscard]] auto get(const Lookup& key) noexcept {
    return client.entry.is_no_touch() ? store.peek(key) : store.get(key);
  }
};

}  // namespace pelikan
