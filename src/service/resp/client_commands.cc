#include "service/resp/client_commands.h"

#include <limits>
#include <optional>
#include <string>

#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/client_filter.h"
#include "service/resp/error_text.h"
#include "service/resp/refusal.h"
#include "service/resp/reply_text.h"
#include "service/resp/words.h"

namespace pelikan {
namespace {

RespClients& clients(const RespCall& call) noexcept { return call.worker.control.clients(); }

// Others, and the client itself, see now what it is at.
void mark(RespCall& call) noexcept { call.client.entry.mark(call.spec->id, call.client.version); }

RespOutcome id(RespCall& call) { return call.reply_count(call.client.entry.id()); }

RespOutcome getname(RespCall& call) {
  const std::string_view name = call.client.entry.text(RespClientText::kName);
  return name.empty() ? call.reply_null() : call.reply_bulk(name);
}

RespOutcome setname(RespCall& call) {
  if (!may_name_client(call.args[2])) return call.reply_error(resp::Error::kClientName);
  call.client.entry.set_text(RespClientText::kName, call.args[2]);
  return call.reply_ok();
}

RespOutcome setinfo(RespCall& call) {
  const bool is_name = is_word(call.args[2], "LIB-NAME");
  if (!is_name && !is_word(call.args[2], "LIB-VER")) {
    return call.reply_error(error_about("ERR Unrecognized option ", call.args[2]));
  }
  if (!may_name_client(call.args[3])) {
    return call.reply_error(
        is_name ? "ERR lib-name cannot contain spaces, newlines or special characters."
                : "ERR lib-ver cannot contain spaces, newlines or special characters.");
  }
  call.client.entry.set_text(is_name ? RespClientText::kLibrary : RespClientText::kLibraryVersion,
                             call.args[3]);
  return call.reply_ok();
}

RespOutcome client_info(RespCall& call) {
  mark(call);
  const auto row = clients(call).row(call.client.entry.id());
  return call.reply_long(RespText(call.client.version).verbatim(row->line() + "\n").take());
}

RespOutcome client_list(RespCall& call) {
  mark(call);
  RespClientFilter filter;
  if (const auto error = filter.parse_list(call.args.subspan(2))) return call.reply_error(*error);
  std::string lines;
  for (const RespClientRow& row : clients(call).rows()) {
    if (filter.takes(row)) lines += row.line() + "\n";
  }
  return call.reply_long(RespText(call.client.version).verbatim(lines).take());
}

// CLIENT KILL ip:port
RespOutcome kill_address(RespCall& call) {
  for (const RespClientRow& row : clients(call).rows()) {
    if (row.address != call.args[2]) continue;
    (void)call.reply_ok();
    if (row.id == call.client.entry.id()) return RespOutcome::kClose;
    clients(call).hang_up(row.id);
    return RespOutcome::kDone;
  }
  return call.reply_error(resp::Error::kClientNotFound);
}

RespOutcome kill(RespCall& call) {
  if (call.args.size() == 3) return kill_address(call);
  RespClientFilter filter;
  if (const auto error = filter.parse_kill(call.args.subspan(2))) return call.reply_error(*error);
  const uint64_t own = call.client.entry.id();
  size_t killed = 0;
  bool kills_itself = false;
  for (const RespClientRow& row : clients(call).rows()) {
    if (!filter.takes(row) || (filter.skips_own() && row.id == own)) continue;
    kills_itself |= row.id == own;
    if (row.id == own || clients(call).hang_up(row.id)) ++killed;
  }
  (void)call.reply_count(killed);
  return kills_itself ? RespOutcome::kClose : RespOutcome::kDone;
}

RespOutcome reply(RespCall& call) {
  if (is_word(call.args[2], "ON")) {
    call.client.replies = RespReplies::kAll;
    return call.reply_ok();
  }
  // While nothing is answered, there is nothing to skip.
  RespReplies& replies = call.client.replies;
  if (is_word(call.args[2], "OFF")) {
    replies = RespReplies::kNone;
  } else if (is_word(call.args[2], "SKIP")) {
    if (replies != RespReplies::kNone) replies = RespReplies::kNotNext;
  } else {
    return call.reply_error(resp::Error::kSyntax);
  }
  return RespOutcome::kDone;
}

// ON or OFF; empty: neither.
std::optional<bool> parse_switch(std::string_view word) noexcept {
  if (is_word(word, "ON")) return true;
  if (is_word(word, "OFF")) return false;
  return std::nullopt;
}

RespOutcome no_evict(RespCall& call) {
  const auto on = parse_switch(call.args[2]);
  if (!on) return call.reply_error(resp::Error::kSyntax);
  call.client.entry.mark_no_evict(*on);
  return call.reply_ok();
}

RespOutcome no_touch(RespCall& call) {
  const auto on = parse_switch(call.args[2]);
  if (!on) return call.reply_error(resp::Error::kSyntax);
  call.client.entry.mark_no_touch(*on);
  return call.reply_ok();
}

RespOutcome pause(RespCall& call) {
  auto mode = RespHold::Mode::kAll;
  if (call.args.size() > 4) return refuse_subcommand_count(call);
  if (call.args.size() == 4 && is_word(call.args[3], "WRITE")) {
    mode = RespHold::Mode::kWrites;
  } else if (call.args.size() == 4 && !is_word(call.args[3], "ALL")) {
    return call.reply_error("ERR CLIENT PAUSE mode must be WRITE or ALL");
  }
  const auto timeout_ms = resp::parse_integer(call.args[2]);
  const int64_t now_ms = call.clock().now_ms();
  if (!timeout_ms || *timeout_ms > std::numeric_limits<int64_t>::max() - now_ms) {
    return call.reply_error("ERR timeout is not an integer or out of range");
  }
  if (*timeout_ms < 0) return call.reply_error("ERR timeout is negative");
  call.worker.control.hold().begin(mode, now_ms + *timeout_ms);
  return call.reply_ok();
}

RespOutcome unpause(RespCall& call) {
  call.worker.control.hold().end();
  return call.reply_ok();
}

// No command blocks here, so nobody is woken.
RespOutcome unblock(RespCall& call) {
  const auto args = call.args;
  if (args.size() > 4) return refuse_subcommand_count(call);
  if (args.size() == 4 && !is_word(args[3], "TIMEOUT") && !is_word(args[3], "ERROR")) {
    return call.reply_error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  }
  if (!resp::parse_integer(args[2])) return call.reply_error(resp::Error::kNotInteger);
  return call.reply_integer(0);
}

// Nothing is tracked.
RespOutcome getredir(RespCall& call) { return call.reply_integer(-1); }

RespOutcome trackinginfo(RespCall& call) {
  RespText text(call.client.version);
  text.map(3).bulk("flags").set(1).bulk("off").bulk("redirect").integer(-1);
  return call.reply_long(text.bulk("prefixes").array(0).take());
}

}  // namespace

void enter_client_commands(RespControlHandlers& handlers) noexcept {
  using resp::Command;
  handlers[Command::kClientId] = id;
  handlers[Command::kClientGetname] = getname;
  handlers[Command::kClientSetname] = setname;
  handlers[Command::kClientSetinfo] = setinfo;
  handlers[Command::kClientInfo] = client_info;
  handlers[Command::kClientList] = client_list;
  handlers[Command::kClientKill] = kill;
  handlers[Command::kClientReply] = reply;
  handlers[Command::kClientNoEvict] = no_evict;
  handlers[Command::kClientNoTouch] = no_touch;
  handlers[Command::kClientPause] = pause;
  handlers[Command::kClientUnpause] = unpause;
  handlers[Command::kClientUnblock] = unblock;
  handlers[Command::kClientGetredir] = getredir;
  handlers[Command::kClientTrackinginfo] = trackinginfo;
}

}  // namespace pelikan
