#include "event/http_head.h"

namespace pelikan {

void HttpHead::read(std::string_view bytes) noexcept {
  for (const char c : bytes) {
    if (state_ == State::kOver || state_ == State::kAmbiguous) return;
    state_ = behind(c);
  }
}

HttpHead::State HttpHead::behind(char c) const noexcept {
  const bool is_behind_cr = state_ == State::kLineEnd || state_ == State::kHeadEnd;
  if (is_behind_cr != (c == '\n') || c == '\0') return State::kAmbiguous;
  switch (state_) {
    case State::kLine:
      return c == '\r' ? State::kLineEnd : State::kLine;
    case State::kLineStart:
      if (c == ' ' || c == '\t') return State::kAmbiguous;
      return c == '\r' ? State::kHeadEnd : State::kLine;
    case State::kLineEnd:
      return State::kLineStart;
    case State::kHeadEnd:
    case State::kOver:
      return State::kOver;
    case State::kAmbiguous:
      break;
  }
  return State::kAmbiguous;
}

}  // namespace pelikan
