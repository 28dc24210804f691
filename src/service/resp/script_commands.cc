#include "service/resp/script_commands.h"

#include "base/sha1.h"
#include "service/resp/call.h"
#include "service/resp/refusal.h"
#include "service/resp/reply_text.h"
#include "service/resp/words.h"

namespace pelikan {
namespace {

RespOutcome load(RespCall& call) {
  const std::string_view text = call.args[2];
  if (!call.worker.control.scripts().learn(text)) {
    return call.reply_error(resp::Error::kScriptNotKnown);
  }
  const auto sha1 = sha1_hex(text);
  return call.reply_bulk({sha1.data(), sha1.size()});
}

RespOutcome exists(RespCall& call) {
  const auto names = call.args.subspan(2);
  RespText text(call.client.version);
  text.array(names.size());
  for (const std::string_view sha1 : names) {
    text.integer(call.worker.control.scripts().find(sha1) ? 1 : 0);
  }
  return call.reply_long(text.take());
}

// They are part of the server; what was learnt of them costs nothing.
RespOutcome flush(RespCall& call) {
  const auto args = call.args;
  if (args.size() > 3) return refuse_count(call);
  if (args.size() == 3 && !is_word(args[2], "ASYNC") && !is_word(args[2], "SYNC")) {
    return call.reply_error("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
  }
  return call.reply_ok();
}

}  // namespace

void enter_script_commands(RespControlHandlers& handlers) noexcept {
  using resp::Command;
  handlers[Command::kScriptLoad] = load;
  handlers[Command::kScriptExists] = exists;
  handlers[Command::kScriptFlush] = flush;
}

}  // namespace pelikan
