#include "load/engine/server_stats.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/bytes.h"
#include "protocol/memcache/compose.h"
#include "protocol/memcache/parse_reply.h"

namespace pelikan::load {
namespace {

using memcache::Command;
using memcache::ParsedReply;
using memcache::Reply;
using memcache::ReplyKind;

// A blocking conversation, one reply at a time.
class Asker {
 public:
  Asker(const ServerTarget& target, std::chrono::milliseconds timeout)
      : target_(target), socket_(connect_within(target, timeout)) {
    const timeval limit{.tv_sec = timeout.count() / 1000, .tv_usec = timeout.count() % 1000 * 1000};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  void ask(Command command) {
    std::array<char, 256> bytes;
    memcache::Request request;
    request.command = command;
    const char* end = memcache::compose_request(bytes.data(), request);
    const auto size = static_cast<size_t>(end - bytes.data());
    if (::send(socket_.get(), bytes.data(), size, MSG_NOSIGNAL) != static_cast<ssize_t>(size)) {
      throw_silent();
    }
  }

  // Valid until the next call; null when the server closes instead.
  const ParsedReply* answer() {
    in_.erase(0, reply_.size);
    while (!memcache::parse_reply(in_, reply_)) {
      std::array<char, 16 * 1024> part;
      const ssize_t size = ::recv(socket_.get(), part.data(), part.size(), 0);
      if (size == 0 || (size < 0 && errno == ECONNRESET)) return nullptr;
      if (size < 0) throw_silent();
      in_.append(part.data(), static_cast<size_t>(size));
    }
    return &reply_;
  }

 private:
  [[noreturn]] void throw_silent() const {
    throw ServerUnreachable(fmt::format("{} does not answer", target_.name));
  }

  const ServerTarget& target_;
  UniqueFd socket_;
  std::string in_;
  ParsedReply reply_;
};

}  // namespace

std::optional<uint64_t> ServerStats::number(std::string_view name) const noexcept {
  const auto found = std::ranges::find(stats, name, &NamedTexts::value_type::first);
  return found == stats.end() ? std::nullopt : parse_u64(found->second);
}

ServerStats read_server_stats(const ServerTarget& target, std::chrono::milliseconds timeout) {
  ServerStats result;
  Asker asker(target, timeout);
  asker.ask(Command::kVersion);
  const ParsedReply* reply = asker.answer();
  if (reply == nullptr) return result;
  if (reply->kind == ReplyKind::kVersion) result.version = reply->text;
  asker.ask(Command::kStats);
  for (;;) {
    reply = asker.answer();
    if (reply == nullptr || reply->kind != ReplyKind::kStat) return result;
    result.stats.emplace_back(reply->key, reply->text);
  }
}

}  // namespace pelikan::load
