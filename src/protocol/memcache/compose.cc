#include "protocol/memcache/compose.h"

#include "base/assertion.h"
#include "base/copy.h"

namespace pelikan::memcache {
namespace {

constexpr size_t kMaxNumber = 1 + 1 + kMaxDecimal;      // a space, a sign, the digits
constexpr size_t kMaxFrame = 16 + 4 * kMaxNumber + 16;  // the word, the numbers, noreply and CR LF

}  // namespace

std::string_view command_word(Command command) noexcept {
  switch (command) {
    case Command::kGet:
      return "get";
    case Command::kGets:
      return "gets";
    case Command::kGat:
      return "gat";
    case Command::kGats:
      return "gats";
    case Command::kSet:
      return "set";
    case Command::kAdd:
      return "add";
    case Command::kReplace:
      return "replace";
    case Command::kAppend:
      return "append";
    case Command::kPrepend:
      return "prepend";
    case Command::kCas:
      return "cas";
    case Command::kDelete:
      return "delete";
    case Command::kIncr:
      return "incr";
    case Command::kDecr:
      return "decr";
    case Command::kTouch:
      return "touch";
    case Command::kFlushAll:
      return "flush_all";
    case Command::kVersion:
      return "version";
    case Command::kVerbosity:
      return "verbosity";
    case Command::kStats:
      return "stats";
    case Command::kQuit:
      return "quit";
    case Command::kMetaNoop:
      return "mn";
    case Command::kLru:
      return "lru";
    case Command::kSlabs:
      return "slabs";
    case Command::kLruCrawler:
      return "lru_crawler";
    case Command::kCacheMemlimit:
      return "cache_memlimit";
    case Command::kWatch:
      return "watch";
    case Command::kShutdown:
      return "shutdown";
    case Command::kMetaGet:
      return "mg";
    case Command::kMetaSet:
      return "ms";
    case Command::kMetaDelete:
      return "md";
    case Command::kMetaArithmetic:
      return "ma";
    case Command::kMetaDebug:
      return "me";
    case Command::kRefused:
      break;
  }
  CHECK(false);
  return {};
}

namespace {

char* write_word(char* to, std::string_view word) noexcept {
  *to = ' ';
  return write_text(to + 1, word);
}

char* write_signed(char* to, int64_t number) noexcept {
  *to++ = ' ';
  if (number < 0) *to++ = '-';
  const auto magnitude = static_cast<uint64_t>(number);
  return write_u64(to, number < 0 ? 0 - magnitude : magnitude);
}

char* write_unsigned(char* to, uint64_t number) noexcept {
  *to = ' ';
  return write_u64(to + 1, number);
}

char* write_storage_arguments(char* to, const Request& request) noexcept {
  to = write_word(to, request.key);
  to = write_unsigned(to, request.flags);
  to = write_signed(to, request.exptime);
  to = write_unsigned(to, request.value_size);
  return request.command == Command::kCas ? write_unsigned(to, request.number) : to;
}

// The words between the command and noreply.
char* write_arguments(char* to, const Request& request) noexcept {
  switch (request.command) {
    case Command::kSet:
    case Command::kAdd:
    case Command::kReplace:
    case Command::kAppend:
    case Command::kPrepend:
    case Command::kCas:
      return write_storage_arguments(to, request);
    case Command::kIncr:
    case Command::kDecr:
      return write_unsigned(write_word(to, request.key), request.number);
    case Command::kTouch:
      return write_signed(write_word(to, request.key), request.exptime);
    case Command::kDelete:
      return write_word(to, request.key);
    case Command::kFlushAll:
      return request.exptime == 0 ? to : write_signed(to, request.exptime);
    case Command::kVerbosity:
      return write_unsigned(to, request.number);
    case Command::kStats:
    case Command::kLru:
    case Command::kSlabs:
    case Command::kLruCrawler:
    case Command::kCacheMemlimit:
    case Command::kWatch:
    case Command::kShutdown:
      return request.key.empty() ? to : write_word(to, request.key);
    case Command::kGet:
    case Command::kGets:
    case Command::kGat:
    case Command::kGats:
    case Command::kMetaGet:
    case Command::kMetaSet:
    case Command::kMetaDelete:
    case Command::kMetaArithmetic:
    case Command::kMetaDebug:
    case Command::kVersion:
    case Command::kQuit:
    case Command::kMetaNoop:
    case Command::kRefused:
      return to;
  }
  return to;
}

}  // namespace

size_t request_bound(const Request& request) noexcept {
  return kMaxFrame + request.key.size() + request.value_size + kTerminator;
}

char* compose_request(char* to, const Request& request) noexcept {
  CHECK(!is_meta(request.command));
  if (is_retrieval(request.command)) {
    return compose_retrieval(to, request.command, request.exptime, {&request.key, 1});
  }
  to = write_text(to, command_word(request.command));
  to = write_arguments(to, request);
  if (request.noreply) to = write_word(to, "noreply");
  to = write_text(to, "\r\n");
  if (!is_storage(request.command)) return to;
  to = write_text(to, {request.value, request.value_size});
  return write_text(to, "\r\n");
}

size_t retrieval_bound(std::span<const std::string_view> keys) noexcept {
  size_t bound = kMaxFrame;
  for (const std::string_view key : keys) bound += 1 + key.size();
  return bound;
}

char* compose_retrieval(char* to, Command command, int64_t exptime,
                        std::span<const std::string_view> keys) noexcept {
  to = write_text(to, command_word(command));
  if (command == Command::kGat || command == Command::kGats) to = write_signed(to, exptime);
  for (const std::string_view key : keys) to = write_word(to, key);
  return write_text(to, "\r\n");
}

}  // namespace pelikan::memcache
