#include "service/memcache_binary_control.h"

#include <new>
#include <optional>
#include <string>

#include "base/assertion.h"
#include "protocol/memcache/binary.h"
#include "protocol/memcache/request.h"
#include "service/memcache_binary_replies.h"
#include "service/memcache_value.h"

namespace pelikan {
namespace {

using memcache::BinaryStatus;

MemcacheOutcome tell_stats(const memcache::BinaryRequest& request, const MemcacheControl& control,
                           Output& out) {
  Composed composed = Composed::kNever;
  try {
    const std::optional<std::string> text = control.stats(request.key);
    if (!text) {
      BinaryReplies(out).fail(request, BinaryStatus::kNotFound);
      return MemcacheOutcome::kDone;
    }
    composed = compose_whole(binary_stats(*text, request), out);
  } catch (const std::bad_alloc&) {  // nothing is written yet
  }
  if (composed == Composed::kNoRoom) return MemcacheOutcome::kOutputFull;
  if (composed == Composed::kNever) BinaryReplies(out).fail(request, BinaryStatus::kNoMemory);
  return MemcacheOutcome::kDone;
}

}  // namespace

MemcacheOutcome execute_binary_control(const memcache::BinaryRequest& request,
                                       const MemcacheControl& control, Output& out) {
  BinaryReplies replies(out);
  switch (request.command) {
    case memcache::Command::kQuit:
      replies.succeed(request);
      return MemcacheOutcome::kClose;
    case memcache::Command::kVersion:
      replies.reply(request, BinaryStatus::kSuccess, control.version());
      return MemcacheOutcome::kDone;
    case memcache::Command::kStats:
      return tell_stats(request, control, out);
    default:  // no other command has an opcode
      DCHECK(request.command == memcache::Command::kMetaNoop);
      replies.succeed(request);
      return MemcacheOutcome::kDone;
  }
}

}  // namespace pelikan
