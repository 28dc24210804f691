// RespTurn is one call of process(): it parses requests in batches and executes them in order,
// until the input ends or the output is full.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "buffer/output.h"
#include "core/processor.h"
#include "protocol/resp/parse.h"
#include "service/resp/runner.h"

namespace pelikan {

template <RespBackend Store>
class RespTurn {
 public:
  RespTurn(RespWorker& worker, RespClient& client, Store& store, std::string_view in,
           Output& out) noexcept
      : worker_(worker),
        client_(client),
        out_(out),
        rest_(in),
        limits_{.argument = std::max(store.value_limit(0), Chunk::kRoom)},
        runner_(worker, client, store, out) {}

  Progress run() noexcept {
    const char* begin = rest_.data();
    if (client_.gathered) client_.gathered->answered();
    while (runner_.is_going() && settle_long_reply() && !is_held() && settle_gathered()) {
      // What a client may send changes when it authenticates, so nothing is parsed ahead of that;
      // nor while some requests are held back.
      limits_.is_authenticated = client_.is_authenticated;
      const bool one_by_one = !client_.is_authenticated || hold_ != RespHold::Mode::kNone;
      const resp::Parsed parsed = worker_.batch.parse(rest_, limits_, one_by_one ? 1 : kBatch);
      if (is_held(worker_.batch)) break;
      run_batch();
      if (runner_.is_going()) go_on(parsed);
    }
    progress_.midway = client_.gathered.has_value();
    progress_.close = runner_.closes();
    if (progress_.again == Again::kNo) progress_.again = runner_.again();
    progress_.consumed = static_cast<size_t>(rest_.data() - begin);
    return progress_;
  }

  [[nodiscard]] const RespTally& tally() const noexcept { return runner_.tally(); }
  // The command that was run last, if there was one.
  [[nodiscard]] const resp::CommandSpec* last() const noexcept { return runner_.last(); }

 private:
  // CLIENT PAUSE holds back everything, or the request that is next; so do wrong passwords. Then
  // the turn is over. What is on and holds keys goes on.
  bool is_held() noexcept {
    const int64_t now_ms = worker_.clock.now_ms();
    hold_ = worker_.control.hold().mode(now_ms);
    if (hold_ != RespHold::Mode::kAll && !client_.guesses.holds(now_ms)) [[likely]]
      return false;
    if (client_.errand) return false;
    progress_.again = Again::kSoon;
    return true;
  }
  bool is_held(const RespBatch& batch) noexcept {
    if (hold_ != RespHold::Mode::kWrites || batch.is_done()) [[likely]]
      return false;
    if (client_.errand || batch.spec() == nullptr || !batch.spec()->has(resp::flag::kWrite))
      return false;
    progress_.again = Again::kSoon;
    return true;
  }

  void run_batch() noexcept {
    runner_.run();
    const char* at = worker_.batch.end();
    rest_.remove_prefix(static_cast<size_t>(at - rest_.data()));
  }

  // Behind a batch that was executed to its end.
  void go_on(const resp::Parsed& parsed) noexcept {
    switch (parsed.status) {
      case resp::ParseStatus::kRequest:
      case resp::ParseStatus::kNothing:
        break;
      case resp::ParseStatus::kIncomplete:
        await_more(parsed.size);
        break;
      case resp::ParseStatus::kProtocolError:
        refuse_stream(parsed.error, parsed.got);
        break;
      case resp::ParseStatus::kHangUp:
        worker_.metrics.hang_up.add();
        runner_.close();
        break;
    }
  }

  // A request that is not whole and takes `least` bytes. One that fits the input waits there and is
  // parsed again.
  void await_more(uint64_t least) noexcept {
    if (least <= Chunk::kRoom && rest_.size() < Chunk::kRoom) return runner_.stop();
    client_.gathered.emplace(worker_.gathers, limits_);
  }

  // Brings a long request forward. False: nothing more can be done before more bytes come, or the
  // output drains.
  bool settle_gathered() noexcept {
    if (!client_.gathered) [[likely]]
      return true;
    resp::GatheredRequest& request = *client_.gathered;
    const resp::GatheredRequest::Taken taken = request.take(rest_);
    rest_.remove_prefix(taken.consumed);
    if (taken.status == resp::ParseStatus::kIncomplete) {
      if (rest_.empty()) progress_.receive_into = request.ask();
      return false;
    }
    if (taken.status == resp::ParseStatus::kProtocolError) {
      refuse_stream(taken.error, taken.got);
      return false;
    }
    return run_gathered(request);
  }

  bool run_gathered(const resp::GatheredRequest& request) noexcept {
    if (request.is_out_of_memory()) {
      if (!out_.has_room()) return false;
      runner_.give_up_unread();
    } else {
      worker_.batch.assign(request, rest_);
      if (is_held(worker_.batch)) return false;
      run_batch();
      if (!worker_.batch.is_done()) return false;
    }
    client_.gathered.reset();
    return runner_.is_going();
  }

  // The rest of the stream means nothing.
  void refuse_stream(resp::ProtocolError error, char got) noexcept {
    if (!out_.has_room()) return runner_.stop();
    worker_.metrics.protocol_error.add();
    char text[resp::kMaxProtocolErrorText];
    const std::string_view reason = resp::protocol_error_text(text, error, got);
    if (client_.replies == RespReplies::kAll) {
      out_.commit(resp::compose_error(out_.reserve(Output::kReplyReserve), reason));
    }
    runner_.close();
  }

  // False: a reply is not all out.
  bool settle_long_reply() noexcept {
    if (!client_.long_reply.is_on() || client_.long_reply.move_to(out_)) [[likely]]
      return true;
    progress_.again = Again::kNextRound;
    return false;
  }

  RespWorker& worker_;
  RespClient& client_;
  Output& out_;
  std::string_view rest_;  // of the input, not done yet
  resp::Limits limits_;
  RespRunner<Store> runner_;
  RespHold::Mode hold_ = RespHold::Mode::kNone;
  Progress progress_;
};

}  // namespace pelikan
