#include <algorithm>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "load/engine/server_stats.h"
#include "load/workload/words.h"
#include "protocol/resp/compose.h"
#include "protocol/resp/parse_reply.h"

namespace pelikan::load {
namespace {

using resp::ReplyItem;
using resp::ReplyKind;
using resp::ReplyStatus;

std::string composed(const std::vector<std::string_view>& words) {
  std::string bytes(resp::request_bound(words), '\0');
  bytes.resize(static_cast<size_t>(resp::compose_request(bytes.data(), words) - bytes.data()));
  return bytes;
}

// The reply of one item, valid until the next; an error when the server closes instead.
ReplyItem ask(Asker& asker, std::string_view command) {
  asker.ask(composed({command}));
  ReplyItem item;
  if (resp::parse_item(asker.answer(), item) != ReplyStatus::kWhole) item.kind = ReplyKind::kError;
  return item;
}

// A line of INFO, "name:value"; sections begin with '#'.
void take_line(std::string_view line, ServerStats& result) {
  const size_t colon = line.find(':');
  if (line.starts_with('#') || colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  result.stats.emplace_back(name, value);
  if (name == "redis_version") result.version = value;
}

constexpr std::string_view kAccepting = "+%*";

}  // namespace

size_t resp_reply_size(std::string_view in) {
  size_t size = 0;
  switch (resp::parse_reply_size(in, size)) {
    case ReplyStatus::kWhole:
      return size;
    case ReplyStatus::kIncomplete:
      return 0;
    case ReplyStatus::kMalformed:
      return in.size();  // which no item is read from
  }
  return 0;
}

ServerStats read_resp_stats(Asker& asker) {
  ServerStats result;
  const ReplyItem keys = ask(asker, "DBSIZE");
  if (keys.kind == ReplyKind::kInteger) result.items = static_cast<uint64_t>(keys.number);
  const ReplyItem info = ask(asker, "INFO");
  if (info.kind != ReplyKind::kBulk) return result;
  for (const std::string_view line : split(info.text, '\n')) take_line(line, result);
  return result;
}

Greeting resp2_greeting(const Login& login) {
  if (login.password.empty()) return {};
  std::vector<std::string_view> words = {"AUTH", login.user, login.password};
  if (login.user.empty()) words.erase(words.begin() + 1);
  return {.bytes = composed(words), .answers = 1, .accepting = kAccepting};
}

Greeting resp3_greeting(const Login& login) {
  std::vector<std::string_view> words = {"HELLO", "3"};
  if (!login.password.empty()) {
    const std::string_view user = login.user.empty() ? "default" : std::string_view(login.user);
    words.insert(words.end(), {"AUTH", user, login.password});
  }
  return {.bytes = composed(words), .answers = 1, .accepting = kAccepting};
}

}  // namespace pelikan::load
