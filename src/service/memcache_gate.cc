#include "service/memcache_gate.h"

#include <new>

#include "base/assertion.h"

namespace pelikan {

using memcache::AuthStatus;
using memcache::Reply;

Progress MemcacheGate::process(std::string_view in, Output& out) noexcept {
  Progress progress;
  MemcacheTally tally;
  while (!is_open_ && !progress.close && out.has_room()) {
    if (guesses_.holds(clock_.now_ms())) {
      progress.again = Again::kSoon;
      break;
    }
    memcache::AuthAttempt attempt;
    const AuthStatus status = parse_auth(in.substr(progress.consumed), attempt);
    if (status == AuthStatus::kIncomplete) break;
    progress.close = status == AuthStatus::kTooLong || status == AuthStatus::kHangUp;
    progress.consumed += attempt.size;
    if (status == AuthStatus::kHangUp) {
      tally.count(MemcacheCount::kHangUp);
      break;
    }
    const Reply reply = judge(status, attempt, tally);
    out.append(reply_line(reply));
    if (reply == Reply::kNoMemory) {  // what comes next was meant for who is in
      progress.close = true;
      break;
    }
    const bool has_failed = !is_open_ && status != AuthStatus::kOther;
    if (has_failed && note_failure(tally)) progress.close = true;
  }
  metrics_.add_up(tally, 0);
  return progress;
}

bool MemcacheGate::note_failure(MemcacheTally& tally) noexcept {
  tally.count(MemcacheCount::kAuthError);
  switch (guesses_.judge_wrong(clock_.now_ms())) {
    case GuessLimit::Verdict::kFree:
      return false;
    case GuessLimit::Verdict::kHold:
      tally.count(MemcacheCount::kAuthHold);
      return false;
    case GuessLimit::Verdict::kClose:
      tally.count(MemcacheCount::kAuthClose);
      return true;
  }
  return false;
}

Reply MemcacheGate::judge(AuthStatus status, const memcache::AuthAttempt& attempt,
                          MemcacheTally& tally) noexcept try {
  if (status == AuthStatus::kOther) {
    tally.count(MemcacheCount::kRefused);
    return Reply::kUnauthenticated;
  }
  tally.count(MemcacheCount::kAuth);
  is_open_ = status == AuthStatus::kAttempt && auth_.admits(attempt.user, attempt.password);
  if (is_open_) return Reply::kStored;
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
} catch (const std::bad_alloc&) {
  return Reply::kNoMemory;
}

}  // namespace pelikan
