#include "service/memcache_binary_replies.h"

#include <algorithm>

namespace pelikan {
namespace {

using memcache::BinaryStatus;
using memcache::Reply;

std::string_view take_word(std::string_view& line) noexcept {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

void append_frame(std::string& out, const memcache::BinaryRequest& request, std::string_view name,
                  std::string_view value) {
  char header[memcache::kBinaryHeader];
  memcache::write_header(header, {.opcode = request.opcode,
                                  .key_size = static_cast<uint16_t>(name.size()),
                                  .body_size = static_cast<uint32_t>(name.size() + value.size()),
                                  .opaque = request.opaque});
  out.append(header, sizeof header).append(name).append(value);
}

}  // namespace

BinaryStatus binary_status(Reply reply) noexcept {
  switch (reply) {
    case Reply::kStored:
    case Reply::kDeleted:
    case Reply::kTouched:
    case Reply::kOk:
      return BinaryStatus::kSuccess;
    case Reply::kNotFound:
      return BinaryStatus::kNotFound;
    case Reply::kExists:
      return BinaryStatus::kExists;
    case Reply::kNotStored:
      return BinaryStatus::kNotStored;
    case Reply::kNotNumber:
      return BinaryStatus::kNotNumber;
    case Reply::kTooLarge:
      return BinaryStatus::kTooLarge;
    case Reply::kNoMemory:
    case Reply::kNoMemoryForGet:
    case Reply::kNoMemoryForStats:
      return BinaryStatus::kNoMemory;
    case Reply::kFlushNotAllowed:
      return BinaryStatus::kAuthError;
    case Reply::kError:
      return BinaryStatus::kUnknownCommand;
    default:  // the many ways in which only a line of text can be wrong
      return BinaryStatus::kInvalid;
  }
}

std::string binary_stats(std::string_view text, const memcache::BinaryRequest& request) {
  std::string out;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    (void)take_word(line);  // STAT, ITEM, PREFIX; END, RESET and OK stand alone
    const std::string_view name = take_word(line);
    if (!name.empty()) append_frame(out, request, name, line);
  }
  append_frame(out, request, {}, {});
  return out;
}

}  // namespace pelikan
