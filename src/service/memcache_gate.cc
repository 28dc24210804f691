#include "service/memcache_gate.h"

#include "base/assertion.h"

namespace pelikan {

using memcache::AuthStatus;
using memcache::Reply;

Progress MemcacheGate::process(std::string_view in, Output& out) noexcept {
  Progress progress;
  MemcacheTally tally;
  while (!is_open_ && !progress.close && out.has_room()) {
    memcache::AuthAttempt attempt;
    const AuthStatus status = parse_auth(in.substr(progress.consumed), attempt);
    if (status == AuthStatus::kIncomplete) break;
    progress.close = status == AuthStatus::kTooLong || status == AuthStatus::kHangUp;
    progress.consumed += attempt.size;
    if (status == AuthStatus::kHangUp) {
      tally.count(MemcacheCount::kHangUp);
    } else {
      out.append(reply_line(judge(status, attempt, tally)));
    }
  }
  metrics_.add_up(tally, 0);
  return progress;
}

Reply MemcacheGate::judge(AuthStatus status, const memcache::AuthAttempt& attempt,
                          MemcacheTally& tally) noexcept {
  if (status == AuthStatus::kOther) {
    tally.count(MemcacheCount::kRefused);
    return Reply::kUnauthenticated;
  }
  tally.count(MemcacheCount::kAuth);
  is_open_ = status == AuthStatus::kAttempt && auth_.admits(attempt.user, attempt.password);
  if (is_open_) return Reply::kStored;
  tally.count(MemcacheCount::kAuthError);
  switch (status) {
    case AuthStatus::kAttempt:
      return Reply::kAuthFailure;
    case AuthStatus::kBadTermination:
      return Reply::kBadTermination;
    case AuthStatus::kBadToken:
      return Reply::kBadAuthToken;
    case AuthStatus::kTooLong:
      return Reply::kAuthTokenTooLong;
    case AuthStatus::kIncomplete:
    case AuthStatus::kOther:
    case AuthStatus::kHangUp:
      break;
  }
  DCHECK(false);  // none that is answered here
  return Reply::kUnauthenticated;
}

}  // namespace pelikan
