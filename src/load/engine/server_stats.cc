#include "load/engine/server_stats.h"

#include <fmt/format.h>

#include <array>

#include "base/bytes.h"
#include "protocol/memcache/compose.h"
#include "protocol/memcache/parse_reply.h"

namespace pelikan::load {
namespace {

using memcache::Command;
using memcache::ParsedReply;
using memcache::ReplyKind;

void ask(Asker& asker, Command command) {
  std::array<char, 256> bytes;
  memcache::Request request;
  request.command = command;
  const char* end = memcache::compose_request(bytes.data(), request);
  asker.ask({bytes.data(), static_cast<size_t>(end - bytes.data())});
}

// False when the server closes instead.
bool read(Asker& asker, ParsedReply& reply) { return memcache::parse_reply(asker.answer(), reply); }

}  // namespace

size_t memcache_reply_size(std::string_view in) {
  ParsedReply reply;
  return memcache::parse_reply(in, reply) ? reply.size : 0;
}

ServerStats read_memcache_stats(Asker& asker) {
  ServerStats result;
  ParsedReply reply;
  ask(asker, Command::kVersion);
  if (!read(asker, reply)) return result;
  if (reply.kind == ReplyKind::kVersion) result.version = reply.text;
  ask(asker, Command::kStats);
  while (read(asker, reply) && reply.kind == ReplyKind::kStat) {
    result.stats.emplace_back(reply.key, reply.text);
    if (reply.key == "curr_items") result.items = parse_u64(reply.text);
  }
  return result;
}

Greeting memcache_greeting(const Login& login) {
  if (login.password.empty()) return {};
  const std::string words = login.user + " " + login.password;
  return {.bytes = fmt::format("set login 0 0 {}\r\n{}\r\n", words.size(), words),
          .answers = 1,
          .verb = Verb::kSet,
          .accepting = "S"};  // STORED
}

}  // namespace pelikan::load
