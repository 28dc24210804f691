#include "service/resp/connection.h"

#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/refusal.h"

namespace pelikan {
namespace {

RespOutcome ping(RespCall& call) noexcept {
  if (call.args.size() > 2) return refuse_count(call);
  return call.args.size() == 2 ? call.reply_bulk(call.args[1]) : call.reply_simple("PONG");
}

RespOutcome echo(RespCall& call) noexcept { return call.reply_bulk(call.args[1]); }

RespOutcome quit(RespCall& call) noexcept {
  (void)call.reply_ok();
  return RespOutcome::kClose;
}

RespOutcome hello(RespCall& call) noexcept {
  if (call.args.size() > 1) {
    const auto version = resp::parse_integer(call.args[1]);
    if (!version) return call.reply_error(resp::Error::kProtocolVersion);
    if (*version != 2 && *version != 3) return call.reply_error(resp::Error::kNoProto);
    call.client.version = static_cast<resp::ProtocolVersion>(*version);
  }
  return call.reply([&](char* to) {
    to = resp::compose_map_head(to, call.client.version, 7);
    to = resp::compose_bulk(to, "server");
    to = resp::compose_bulk(to, "redis");
    to = resp::compose_bulk(to, "version");
    to = resp::compose_bulk(to, "7.4.0");
    to = resp::compose_bulk(to, "proto");
    to = resp::compose_integer(to, static_cast<int64_t>(call.client.version));
    to = resp::compose_bulk(to, "id");
    to = resp::compose_integer(to, call.client.fd);
    to = resp::compose_bulk(to, "mode");
    to = resp::compose_bulk(to, "standalone");
    to = resp::compose_bulk(to, "role");
    to = resp::compose_bulk(to, "master");
    to = resp::compose_bulk(to, "modules");
    return resp::compose_array_head(to, 0);
  });
}

RespOutcome command(RespCall& call) noexcept { return call.reply_array_head(0); }

}  // namespace

void enter_connection(RespControlHandlers& handlers) noexcept {
  using resp::Command;
  handlers[Command::kPing] = ping;
  handlers[Command::kEcho] = echo;
  handlers[Command::kQuit] = quit;
  handlers[Command::kHello] = hello;
  handlers[Command::kCommand] = command;
  handlers[Command::kCommandDocs] = command;
}

}  // namespace pelikan
