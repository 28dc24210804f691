#include "service/resp/server_commands.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "metric/registry.h"
#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/refusal.h"
#include "service/resp/reply_text.h"
#include "service/resp/version.h"
#include "service/resp/words.h"

namespace pelikan {
namespace {

RespText text_for(const RespCall& call) { return RespText(call.client.version); }

RespOutcome time(RespCall& call) {
  const int64_t now_ms = call.clock().unix_ms();
  RespText text = text_for(call);
  text.array(2).bulk(std::to_string(now_ms / 1000)).bulk(std::to_string(now_ms % 1000 * 1000));
  return call.reply_long(text.take());
}

RespOutcome lastsave(RespCall& call) {
  return call.reply_integer(call.worker.control.context().start_unix_ms / 1000);
}

RespOutcome role(RespCall& call) {
  return call.reply_long(text_for(call).array(3).bulk("master").integer(0).array(0).take());
}

// Nothing is replicated: nobody has the writes, and nobody is waited for.
RespOutcome wait(RespCall& call) {
  const auto replicas = resp::parse_integer(call.args[1]);
  const auto timeout_ms = resp::parse_integer(call.args[2]);
  if (!replicas) return call.reply_error(resp::Error::kNotInteger);
  if (!timeout_ms) return call.reply_error("ERR timeout is not an integer or out of range");
  if (*timeout_ms < 0) return call.reply_error("ERR timeout is negative");
  return call.reply_integer(0);
}

RespOutcome lolwut(RespCall& call) {
  constexpr std::string_view kBird =
      "        .---.\n"
      "       / o   \\____________\n"
      "       \\      ___________/\n"
      "    ____)    (\n"
      "   /          \\\n"
      "   \\__________/\n"
      "       |  |\n";
  const std::string picture = fmt::format("{}\nRedis ver. {}, as pelikan_rds {} does it\n", kBird,
                                          kRedisVersion, call.worker.control.context().version);
  return call.reply_long(text_for(call).verbatim(picture).take());
}

// ---- what is not kept ----

RespOutcome reply_empty(RespCall& call) { return call.reply_array_head(0); }
RespOutcome reply_zero(RespCall& call) { return call.reply_integer(0); }
RespOutcome reply_ok(RespCall& call) { return call.reply_ok(); }

RespOutcome slowlog_get(RespCall& call) {
  if (call.args.size() > 3) return refuse_subcommand_count(call);
  if (call.args.size() == 3) {
    const auto count = resp::parse_integer(call.args[2]);
    if (!count || *count < -1) {
      return call.reply_error("ERR count should be greater than or equal to -1");
    }
  }
  return reply_empty(call);
}

RespOutcome latency_doctor(RespCall& call) {
  constexpr std::string_view kAdvice =
      "Latency events are not kept here. The distributions of the time that requests take stand "
      "among the metrics (resp_read_latency, resp_write_latency, resp_other_latency).\n";
  return call.reply_long(text_for(call).verbatim(kAdvice).take());
}

// FLUSH [ASYNC|SYNC] of what there is nothing of.
RespOutcome function_flush(RespCall& call) {
  const auto args = call.args;
  if (args.size() > 3) return refuse_subcommand_count(call);
  if (args.size() == 3 && !is_word(args[2], "ASYNC") && !is_word(args[2], "SYNC")) {
    return call.reply_error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
  }
  return call.reply_ok();
}

RespOutcome refuse_cluster(RespCall& call) {
  return call.reply_error(resp::Error::kClusterDisabled);
}

RespOutcome whoami(RespCall& call) { return call.reply_bulk("default"); }

// ---- memory ----

struct MemoryRow {
  std::string_view name;
  std::string_view metric;
};

constexpr auto kMemoryRows = std::to_array<MemoryRow>({
    {"total.allocated", "seg_memory_byte"},
    {"clients.normal", "buffer_in_use"},
    {"keys.count", "seg_item_live"},
    {"dataset.bytes", "seg_live_byte"},
    {"overhead.hashtable.main", "seg_table_byte"},
    {"allocator.resident", "process_resident_bytes"},
});

RespOutcome memory_stats(RespCall& call) {
  const MetricSnapshot metrics = call.worker.control.context().metrics.read();
  RespText text = text_for(call);
  text.map(kMemoryRows.size() + 1);
  for (const MemoryRow& row : kMemoryRows) text.bulk(row.name).integer(metrics.value(row.metric));
  const auto live = static_cast<double>(metrics.value("seg_live_byte"));
  const auto memory = static_cast<double>(metrics.value("seg_memory_byte"));
  text.bulk("dataset.percentage").real(memory == 0 ? 0 : 100 * live / memory);
  return call.reply_long(text.take());
}

RespOutcome memory_doctor(RespCall& call) {
  const MetricSnapshot metrics = call.worker.control.context().metrics.read();
  const std::string advice = fmt::format(
      "{} of {} bytes are in use, {} by items; {} items were evicted. What is full is emptied from "
      "its oldest end, so there is nothing to defragment.\n",
      metrics.value("seg_memory_byte"), metrics.value("seg_budget_byte"),
      metrics.value("seg_live_byte"), metrics.value("seg_evict_item"));
  return call.reply_long(text_for(call).verbatim(advice).take());
}

}  // namespace

void enter_server_commands(RespControlHandlers& handlers) noexcept {
  using resp::Command;
  handlers[Command::kTime] = time;
  handlers[Command::kLastsave] = lastsave;
  handlers[Command::kRole] = role;
  handlers[Command::kWait] = wait;
  handlers[Command::kLolwut] = lolwut;
  handlers[Command::kSlowlogGet] = slowlog_get;
  handlers[Command::kSlowlogLen] = reply_zero;
  handlers[Command::kSlowlogReset] = reply_ok;
  handlers[Command::kLatencyLatest] = reply_empty;
  handlers[Command::kLatencyHistory] = reply_empty;
  handlers[Command::kLatencyReset] = reply_zero;
  handlers[Command::kLatencyDoctor] = latency_doctor;
  handlers[Command::kFunctionFlush] = function_flush;
  for (const resp::CommandSpec& spec : resp::subcommands(resp::spec_of(Command::kCluster))) {
    handlers[spec.id] = refuse_cluster;
  }
  handlers[Command::kAclWhoami] = whoami;
  handlers[Command::kMemoryStats] = memory_stats;
  handlers[Command::kMemoryDoctor] = memory_doctor;
}

}  // namespace pelikan
