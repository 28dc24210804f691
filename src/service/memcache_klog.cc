#include "service/memcache_klog.h"

#include "base/assertion.h"
#include "base/copy.h"
#include "protocol/memcache/compose.h"
#include "protocol/memcache/compose_meta.h"
#include "protocol/memcache/reply.h"

namespace pelikan {
namespace {

using memcache::Command;

template <class Number>
void put_argument(KlogLine& line, Number number) noexcept {
  line.put(' ');
  line.put_number(number);
}

void put_arguments(KlogLine& line, const memcache::Request& request) noexcept {
  if (memcache::is_storage(request.command)) {
    put_argument(line, request.flags);
    put_argument(line, request.exptime);
    put_argument(line, request.value_size);
    if (request.command == Command::kCas) put_argument(line, request.number);
    return;
  }
  if (request.command == Command::kIncr || request.command == Command::kDecr) {
    put_argument(line, request.number);
  }
  if (request.command == Command::kMetaSet) put_argument(line, request.value_size);
  if (request.command == Command::kTouch || request.command == Command::kGat ||
      request.command == Command::kGats) {
    put_argument(line, request.exptime);
  }
}

// As the client sent them, in the order it did.
void put_flags(KlogLine& line, const memcache::MetaFlags& flags) noexcept {
  char text[memcache::kMaxMetaFlagText + kCopySlack];
  std::string_view rest{text, static_cast<size_t>(compose_meta_flags(text, flags) - text)};
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view flag = rest.substr(0, rest.find(' '));
    line.put(' ');
    line.put_escaped(flag);
    rest.remove_prefix(flag.size());
  }
}

// A get's END belongs to no key.
size_t bytes_of_end(const memcache::Request& request, KlogCode code) noexcept {
  const bool is_answered = code == KlogCode::kValue || code == KlogCode::kMiss;
  if (!is_answered || !request.last || !memcache::is_retrieval(request.command)) return 0;
  return memcache::reply_line(memcache::Reply::kEnd).size();
}

}  // namespace

KlogCode klog_code(Command command, const MemcacheTally& before,
                   const MemcacheTally& after) noexcept {
  using enum MemcacheCount;
  const auto counted = [&](MemcacheCount what) { return before[what] != after[what]; };
  if (counted(kTooLarge) || counted(kNoMemory)) return KlogCode::kServerError;
  if (command == Command::kMetaDebug) return KlogCode::kValue;
  if (memcache::is_retrieval(command) || command == Command::kMetaGet) {
    if (counted(kGetHit)) return KlogCode::kValue;
    return counted(kGetMiss) ? KlogCode::kMiss : KlogCode::kServerError;
  }
  if (memcache::is_storage(command) || command == Command::kMetaSet) {
    if (counted(kNotStored)) return KlogCode::kNotStored;
    if (counted(kCasBadval)) return KlogCode::kExists;
    return counted(kCasMiss) ? KlogCode::kNotFound : KlogCode::kStored;
  }
  if (counted(kCasBadval)) return KlogCode::kExists;
  if (counted(kDeleteHit)) return KlogCode::kDeleted;
  if (counted(kIncrHit) || counted(kDecrHit)) return KlogCode::kNumber;
  if (counted(kTouchHit)) return KlogCode::kTouched;
  return counted(kNotNumber) ? KlogCode::kClientError : KlogCode::kNotFound;
}

void log_request(KlogWriter& klog, std::string_view peer, const memcache::Request& request,
                 const memcache::MetaFlags* flags, KlogCode code, size_t written) noexcept {
  DCHECK(!memcache::is_control(request.command));
  KlogLine line = klog.begin(peer);
  line.put(memcache::command_word(request.command));
  line.put(' ');
  line.put_escaped(request.key);
  put_arguments(line, request);
  if (flags != nullptr) put_flags(line, *flags);
  klog.end(line, static_cast<unsigned>(code), written - bytes_of_end(request, code));
}

}  // namespace pelikan
