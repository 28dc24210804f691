#include "protocol/memcache/auth.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "protocol/memcache/request.h"

namespace pelikan::memcache {
namespace {

// The announced bytes of a token; empty when the line is none that announces one.
std::optional<uint64_t> announced_size(std::string_view line) noexcept {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (take_auth_word(line) != "set") return std::nullopt;
  for (int ignored = 0; ignored < 3; ++ignored) {
    if (take_auth_word(line).empty()) return std::nullopt;
  }
  return parse_u64(take_auth_word(line));
}

// The token behind a line that announced so many bytes of it.
AuthStatus parse_token(std::string_view in, size_t size, AuthAttempt& attempt) noexcept {
  const size_t begin = attempt.size;
  if (in.size() < begin + size + kTerminator) return AuthStatus::kIncomplete;
  attempt.size += size + kTerminator;
  if (in.substr(begin + size, kTerminator) != "\r\n") return AuthStatus::kBadTermination;
  std::string_view token = in.substr(begin, size);
  attempt.user = take_auth_word(token);
  attempt.password = take_auth_word(token);
  return attempt.password.empty() ? AuthStatus::kBadToken : AuthStatus::kAttempt;
}

}  // namespace

std::string_view take_auth_word(std::string_view& line) noexcept {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

AuthStatus parse_auth(std::string_view in, AuthAttempt& attempt) noexcept {
  attempt = AuthAttempt{};
  if (!in.empty() && is_foreign(in.front())) return AuthStatus::kHangUp;
  const size_t lf = in.substr(0, kMaxOpenLine + 1).find('\n');
  if (lf == std::string_view::npos) {
    return in.size() > kMaxOpenLine ? AuthStatus::kHangUp : AuthStatus::kIncomplete;
  }
  attempt.size = lf + 1;
  const std::optional<uint64_t> size = announced_size(in.substr(0, lf));
  if (!size) return AuthStatus::kOther;
  if (*size > kMaxAuthToken) return AuthStatus::kTooLong;
  return parse_token(in, static_cast<size_t>(*size), attempt);
}

}  // namespace pelikan::memcache
