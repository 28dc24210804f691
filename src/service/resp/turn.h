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
    while (runner_.is_going() && settle_long_reply()) {
      // What a client may send changes when it authenticates, so nothing is parsed ahead of that.
      limits_.is_authenticated = client_.is_authenticated;
      const size_t most = client_.is_authenticated ? kBatch : 1;
      const resp::Parsed parsed = worker_.batch.parse(rest_, limits_, most);
      run_batch();
      if (runner_.is_going()) go_on(parsed);
    }
    progress_.close = runner_.closes();
    progress_.again = runner_.again();
    progress_.consumed = static_cast<size_t>(rest_.data() - begin);
    return progress_;
  }

  [[nodiscard]] const RespTally& tally() const noexcept { return runner_.tally(); }

 private:
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
        runner_.stop();
        break;
      case resp::ParseStatus::kProtocolError:
        refuse_stream(parsed);
        break;
      case resp::ParseStatus::kHangUp:
        worker_.metrics.hang_up.add();
        runner_.close();
        break;
    }
  }

  // The rest of the stream means nothing.
  void refuse_stream(const resp::Parsed& parsed) noexcept {
    if (!out_.has_room()) return runner_.stop();
    worker_.metrics.protocol_error.add();
    char text[resp::kMaxProtocolErrorText];
    const std::string_view error = resp::protocol_error_text(text, parsed.error, parsed.got);
    if (client_.replies == RespReplies::kAll) {
      out_.commit(resp::compose_error(out_.reserve(Output::kReplyReserve), error));
    }
    runner_.close();
  }

  // False: a reply is not all out.
  bool settle_long_reply() noexcept {
    return !client_.long_reply.is_on() || client_.long_reply.move_to(out_);
  }

  RespWorker& worker_;
  RespClient& client_;
  Output& out_;
  std::string_view rest_;  // of the input, not done yet
  resp::Limits limits_;
  RespRunner<Store> runner_;
  Progress progress_;
};

}  // namespace pelikan
