#include "service/resp/connection.h"

#include <optional>

#include "log/log.h"
#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/client_commands.h"
#include "service/resp/error_text.h"
#include "service/resp/refusal.h"
#include "service/resp/reply_text.h"
#include "service/resp/version.h"
#include "service/resp/words.h"

namespace pelikan {
namespace {

constexpr std::string_view kUser = "default";
constexpr std::string_view kHelloNoAuth =
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
    "<proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP "
    "protocol version at the same time";

RespOutcome ping(RespCall& call) {
  if (call.args.size() > 2) return refuse_count(call);
  return call.args.size() == 2 ? call.reply_bulk(call.args[1]) : call.reply_simple("PONG");
}

RespOutcome echo(RespCall& call) { return call.reply_bulk(call.args[1]); }

RespOutcome quit(RespCall& call) {
  (void)call.reply_ok();
  return RespOutcome::kClose;
}

RespOutcome select(RespCall& call) {
  const auto index = resp::parse_integer(call.args[1]);
  if (!index) return call.reply_error(resp::Error::kNotInteger);
  return *index == 0 ? call.reply_ok() : call.reply_error(resp::Error::kDbIndex);
}

// The client is who it says. Without a password to know, any will do.
bool authenticate(RespCall& call, std::string_view user, std::string_view password) {
  const RespControl& control = call.worker.control;
  const bool is_right = !control.needs_password() || control.is_password(password);
  const bool is_in = is_right && user == kUser;
  if (is_in) call.client.is_authenticated = true;
  return is_in;
}

// Tells that it is not, and makes who may be guessing wait.
RespOutcome refuse_login(RespCall& call) noexcept {
  const RespControl& control = call.worker.control;
  RespMetrics& metrics = call.worker.metrics;
  metrics.auth_error.add();
  LOG_WARN(control.context().log, "{} told a wrong name or password", call.client.peer);
  (void)call.reply_error(resp::Error::kWrongPass);
  if (!control.needs_password()) return RespOutcome::kDone;
  switch (call.client.guesses.judge_wrong(call.clock().now_ms())) {
    case GuessLimit::Verdict::kFree:
      break;
    case GuessLimit::Verdict::kHold:
      metrics.auth_hold.add();
      break;
    case GuessLimit::Verdict::kClose:
      metrics.auth_close.add();
      return RespOutcome::kClose;
  }
  return RespOutcome::kDone;
}

RespOutcome auth(RespCall& call) {
  const auto args = call.args;
  if (args.size() > 3) return call.reply_error(resp::Error::kSyntax);
  if (args.size() == 2 && !call.worker.control.needs_password()) {
    return call.reply_error(resp::Error::kNoPasswordSet);
  }
  const bool is_in = authenticate(call, args.size() == 3 ? args[1] : kUser, args.back());
  return is_in ? call.reply_ok() : refuse_login(call);
}

RespOutcome reply_hello(RespCall& call) {
  RespText text(call.client.version);
  text.map(7).bulk("server").bulk("redis").bulk("version").bulk(kRedisVersion);
  text.bulk("proto").integer(static_cast<int64_t>(call.client.version));
  text.bulk("id").integer(static_cast<int64_t>(call.client.entry.id()));
  text.bulk("mode").bulk("standalone").bulk("role").bulk("master").bulk("modules").array(0);
  return call.reply_long(text.take());
}

RespOutcome hello(RespCall& call) {
  const auto args = call.args;
  auto version = call.client.version;
  if (args.size() > 1) {
    const auto number = resp::parse_integer(args[1]);
    if (!number) return call.reply_error(resp::Error::kProtocolVersion);
    if (*number != 2 && *number != 3) return call.reply_error(resp::Error::kNoProto);
    version = static_cast<resp::ProtocolVersion>(*number);
  }
  std::optional<std::string_view> name;
  for (size_t at = 2; at < args.size();) {
    const size_t left = args.size() - at - 1;
    if (is_word(args[at], "AUTH") && left >= 2) {
      if (!authenticate(call, args[at + 1], args[at + 2])) return refuse_login(call);
      at += 3;
    } else if (is_word(args[at], "SETNAME") && left >= 1) {
      name = args[at + 1];
      if (!may_name_client(*name)) return call.reply_error(resp::Error::kClientName);
      at += 2;
    } else {
      return call.reply_error(error_about("ERR Syntax error in HELLO option ", args[at]));
    }
  }
  if (!call.client.is_authenticated) return call.reply_error(kHelloNoAuth);
  if (name) call.client.entry.set_text(RespClientText::kName, *name);
  call.client.version = version;
  return reply_hello(call);
}

RespOutcome reset(RespCall& call) {
  RespClient& client = call.client;
  client.version = resp::ProtocolVersion::k2;
  client.replies = RespReplies::kAll;
  client.is_authenticated = !call.worker.control.needs_password();
  client.entry.set_text(RespClientText::kName, {});
  client.entry.mark_no_evict(false);
  client.entry.mark_no_touch(false);
  return call.reply_simple("RESET");
}

}  // namespace

void enter_connection(RespControlHandlers& handlers) noexcept {
  using resp::Command;
  handlers[Command::kPing] = ping;
  handlers[Command::kEcho] = echo;
  handlers[Command::kQuit] = quit;
  handlers[Command::kSelect] = select;
  handlers[Command::kAuth] = auth;
  handlers[Command::kHello] = hello;
  handlers[Command::kReset] = reset;
}

}  // namespace pelikan
