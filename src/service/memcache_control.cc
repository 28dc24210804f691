#include "service/memcache_control.h"

#include <optional>

#include "protocol/memcache/reply.h"
#include "service/memcache_stats.h"
#include "service/memcache_value.h"

namespace pelikan {

MemcacheControl::MemcacheControl(const MemcacheOptions& options, const ServerContext& context,
                                 Service& service)
    : context_(context),
      service_(service),
      version_line_("VERSION " + memcache_version(context.version) + "\r\n"),
      may_flush_(options.flush_all.get()) {}

MemcacheOutcome MemcacheControl::execute(const memcache::Request& request,
                                         Output& out) const noexcept {
  using memcache::Command;
  if (request.command == Command::kQuit) return MemcacheOutcome::kClose;
  if (request.command == Command::kStats) return write_stats(request.key, out);
  if (request.command == Command::kVersion) {
    out.append(version_line_);
  } else if (request.command == Command::kMetaNoop) {
    out.append(reply_line(memcache::Reply::kMetaNoop));
  } else {
    context_.set_verbosity(request.number);
    if (!request.noreply) out.append(reply_line(memcache::Reply::kOk));
  }
  return MemcacheOutcome::kDone;
}

MemcacheOutcome MemcacheControl::write_stats(std::string_view words, Output& out) const {
  const std::optional<std::string> text = service_.stats(words);
  const std::string_view reply = text ? *text : reply_line(memcache::Reply::kError);
  if (out.can_take(reply.size())) {
    out.append(reply);
  } else if (may_ever_fit(reply.size(), out)) {
    return MemcacheOutcome::kOutputFull;
  } else {
    out.append(reply_line(memcache::Reply::kNoMemoryForStats));
  }
  return MemcacheOutcome::kDone;
}

}  // namespace pelikan
