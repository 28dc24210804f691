#include "service/resp/config_commands.h"

#include <algorithm>
#include <string>
#include <vector>

#include "metric/registry.h"
#include "protocol/resp/glob.h"
#include "service/resp/call.h"
#include "service/resp/config_table.h"
#include "service/resp/error_text.h"
#include "service/resp/refusal.h"
#include "service/resp/reply_text.h"

namespace pelikan {
namespace {

RespOutcome get(RespCall& call) {
  const auto patterns = call.args.subspan(2);
  std::vector<const RespParameter*> matching;
  for (const RespParameter& parameter : resp_parameters()) {
    const auto matches = [&](std::string_view pattern) {
      return resp::matches_glob(pattern, parameter.name, true);
    };
    if (std::ranges::any_of(patterns, matches)) matching.push_back(&parameter);
  }
  RespText text(call.client.version);
  text.map(matching.size());
  for (const RespParameter* parameter : matching) {
    text.bulk(parameter->name).bulk(parameter->value(call.worker.control));
  }
  return call.reply_long(text.take());
}

std::string failed(std::string_view name, std::string_view why) {
  return error_about("ERR CONFIG SET failed (possibly related to argument ", name) + ") - " +
         std::string(why);
}

// Why the parameter at this place cannot be set; empty: it can. A value that it has already is
// always taken: clients set what they rely on.
std::string objection(RespCall& call, size_t at) {
  const std::string_view name = call.args[at];
  const std::string_view value = call.args[at + 1];
  const RespParameter* parameter = find_parameter(name);
  if (parameter == nullptr) {
    return error_about("ERR Unknown option or number of arguments for CONFIG SET - ", name);
  }
  for (size_t before = 2; before < at; before += 2) {
    if (find_parameter(call.args[before]) == parameter) return failed(name, "duplicate parameter");
  }
  RespControl& control = call.worker.control;
  if (!parameter->can_change()) {
    const bool is_same = value == parameter->value(control);
    return is_same ? "" : failed(name, "can't set immutable config");
  }
  const std::string_view wrong = change_parameter(*parameter, value, control, RespChange::kTry);
  return wrong.empty() ? "" : failed(name, wrong);
}

// All or nothing.
RespOutcome set(RespCall& call) {
  const auto args = call.args;
  if (args.size() % 2 != 0) return refuse_count(call);
  for (size_t at = 2; at < args.size(); at += 2) {
    const std::string error = objection(call, at);
    if (!error.empty()) return call.reply_error(error);
  }
  for (size_t at = 2; at < args.size(); at += 2) {
    const RespParameter& parameter = *find_parameter(args[at]);
    if (!parameter.can_change()) continue;
    (void)change_parameter(parameter, args[at + 1], call.worker.control, RespChange::kMake);
  }
  return call.reply_ok();
}

RespOutcome resetstat(RespCall& call) {
  call.worker.control.context().metrics.reset();
  return call.reply_ok();
}

}  // namespace

void enter_config_commands(RespControlHandlers& handlers) noexcept {
  using resp::Command;
  handlers[Command::kConfigGet] = get;
  handlers[Command::kConfigSet] = set;
  handlers[Command::kConfigResetstat] = resetstat;
}

}  // namespace pelikan
