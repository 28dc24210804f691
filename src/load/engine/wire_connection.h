// WireConnection: a connection that speaks one protocol. A template, so that what happens per
// answer is inlined; the virtual calls are one per batch of answers and one per request.
//
// Thread safety: as Connection.
#pragma once

#include "load/engine/connection.h"
#include "load/engine/wire.h"

namespace pelikan::load {

template <Wire W>
class WireConnection final : public Connection {
 public:
  using Connection::Connection;

 private:
  void compose(const WireRequest& request, SendBuffer& buffer) noexcept override {
    buffer.commit(wire_.compose(buffer.reserve(wire_.bound(request)), request));
  }

  void forget_answers() noexcept override { wire_ = W(); }

  [[nodiscard]] size_t take_answers(std::string_view in, int64_t now_ns) noexcept override {
    size_t taken = 0;
    Answer answer;
    while (!is_greeted() && !is_broken_) {
      if (!wire_.parse(in.substr(taken), greeting_verb(), answer)) return taken;
      taken += answer.size;
      if (answer.is_last) take_greeting(answer);
    }
    while (!pending_.is_empty() && !is_broken_) {
      if (!wire_.parse(in.substr(taken), pending_.front().verb, answer)) break;
      taken += answer.size;
      if (answer.has_value) take_value(answer, now_ns);
      if (answer.is_last && !is_broken_) take_last(answer, now_ns);
    }
    return taken;
  }

  [[no_unique_address]] W wire_;
};

}  // namespace pelikan::load
