#include "service/memcache_control.h"

#include <new>
#include <optional>

#include "protocol/memcache/reply.h"
#include "service/memcache_stats.h"
#include "service/memcache_tuning.h"
#include "service/memcache_value.h"

namespace pelikan {
namespace {

void answer(const memcache::Request& request, std::string_view reply, Output& out) {
  if (!request.noreply) out.append(reply);
}

}  // namespace

MemcacheControl::MemcacheControl(const MemcacheOptions& options, const ServerContext& context,
                                 Service& service)
    : context_(context),
      service_(service),
      version_(memcache_version(context.version)),
      auth_(options.auth_file.get(), context.log),
      prefixes_(options.prefix_delimiter.get(), options.stats_detail.get()),
      may_flush_(options.flush_all.get()),
      speaks_binary_(options.protocol_binary.get()),
      may_shut_down_(options.shutdown.get()),
      may_dump_(options.dump.get()),
      may_watch_(options.watch.get()),
      watch_(context.metrics, context.time) {}

MemcacheOutcome MemcacheControl::execute(const memcache::Request& request,
                                         Output& out) const noexcept {
  using memcache::Command;
  if (request.command == Command::kQuit) return MemcacheOutcome::kClose;
  if (request.command == Command::kStats) return write_stats(request.key, out);
  if (request.command == Command::kShutdown) return shut_down(request, out);
  if (request.command == Command::kVersion) {
    out.append("VERSION ");
    out.append(version_);
    out.append("\r\n");
  } else if (request.command == Command::kMetaNoop) {
    out.append(reply_line(memcache::Reply::kMetaNoop));
  } else if (request.command == Command::kVerbosity) {
    context_.set_verbosity(request.number);
    answer(request, reply_line(memcache::Reply::kOk), out);
  } else {
    answer(request, answer_tuning(request.command, request.key), out);
  }
  return MemcacheOutcome::kDone;
}

std::string_view MemcacheControl::begin_watch(std::string_view words, bool is_behind,
                                              std::optional<WatcherSeat>& seat) const noexcept {
  if (!may_watch_) return "CLIENT_ERROR watch commands not allowed\r\n";
  if (is_behind) return "ERROR cannot pipeline other commands before watch\r\n";
  const std::optional<uint8_t> kinds = parse_watch_kinds(words);
  if (!kinds) return reply_line(memcache::Reply::kError);
  seat = watch_.join(*kinds);
  return seat ? reply_line(memcache::Reply::kOk) : "WATCHER_TOO_MANY log watcher limit reached\r\n";
}

MemcacheOutcome MemcacheControl::shut_down(const memcache::Request& request,
                                           Output& out) const noexcept {
  // Every stop is a graceful one: the clients take their replies.
  const bool is_mode = request.key.empty() || request.key == "graceful";
  if (may_shut_down_ && is_mode) {
    context_.stop();
    return MemcacheOutcome::kClose;
  }
  answer(request,
         may_shut_down_ ? "CLIENT_ERROR invalid shutdown mode\r\n"
                        : "SERVER_ERROR: shutdown not enabled\r\n",
         out);
  return MemcacheOutcome::kDone;
}

MemcacheOutcome MemcacheControl::write_stats(std::string_view words, Output& out) const noexcept {
  Composed composed = Composed::kNever;
  try {
    const std::optional<std::string> text = stats(words);
    composed = compose_whole(text ? *text : reply_line(memcache::Reply::kError), out);
  } catch (const std::bad_alloc&) {  // nothing is written yet
  }
  if (composed == Composed::kNoRoom) return MemcacheOutcome::kOutputFull;
  if (composed == Composed::kNever) out.append(reply_line(memcache::Reply::kNoMemoryForStats));
  return MemcacheOutcome::kDone;
}

}  // namespace pelikan
