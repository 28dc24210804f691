// A connection to a service without sockets: hands bytes over as a session does, in the pieces a
// test wants, and collects the replies.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/assertion.h"
#include "buffer/buffer_pool.h"
#include "buffer/input.h"
#include "buffer/output.h"
#include "core/processor.h"

namespace pelikan::test {

class ServiceConnection {
 public:
  ServiceConnection(std::unique_ptr<Conversation> conversation, BufferPool& pool)
      : conversation_(std::move(conversation)), input_(pool), output_(pool) {}

  // Sends the bytes in one piece, as far as buffers take them; returns what came back.
  std::string send(std::string_view bytes) {
    std::string replies;
    while (!bytes.empty() && !is_closed_) {
      const std::span<char> room = receive_into_.empty() ? input_.room() : receive_into_;
      if (room.empty()) is_closed_ = true;  // a request longer than the input, and no progress
      if (is_closed_) break;
      const size_t part = std::min(room.size(), bytes.size());
      std::memcpy(room.data(), bytes.data(), part);
      bytes.remove_prefix(part);
      received(part, replies);
    }
    return replies;
  }

  // The same in turns of one call each, between which others may do something: post() only takes
  // the bytes, turn() returns what came back. REQUIRES: they fit the input
  void post(std::string_view bytes) {
    const std::span<char> room = input_.room();
    CHECK(bytes.size() <= room.size());
    std::memcpy(room.data(), bytes.data(), bytes.size());
    input_.commit(bytes.size());
    wants_turn_ = true;
  }
  std::string turn() {
    std::string replies;
    take_turn(replies);
    return replies;
  }
  [[nodiscard]] bool wants_turn() const { return wants_turn_; }

  // The client reads nothing more until read_on().
  void stop_reading() { is_reading_ = false; }
  std::string read_on() {
    is_reading_ = true;
    std::string replies;
    drain(replies);
    process(replies);
    return replies;
  }
  [[nodiscard]] size_t unread() const { return output_.size(); }
  [[nodiscard]] bool is_closed() const { return is_closed_; }
  [[nodiscard]] size_t turns() const { return turns_; }
  // Is called behind every turn with how many there were: others may do something then.
  void after_turn(std::function<void(size_t turns)> what) { after_turn_ = std::move(what); }

 private:
  void received(size_t n, std::string& replies) {
    if (receive_into_.empty()) {
      input_.commit(n);
    } else {
      receive_into_ = receive_into_.subspan(n);
      if (!receive_into_.empty()) return;
    }
    process(replies);
  }

  void process(std::string& replies) {
    do {
      take_turn(replies);
    } while (wants_turn_);
  }

  void take_turn(std::string& replies) {
    const Progress progress = conversation_->process(input_.bytes(), output_);
    ++turns_;
    if (after_turn_) after_turn_(turns_);
    input_.consume(progress.consumed);
    receive_into_ = progress.receive_into;
    CHECK(receive_into_.empty() || input_.bytes().empty());
    is_closed_ = progress.close;
    const bool refused = output_.take_refusal() != Output::Refusal::kNone;
    const bool again = refused ? is_reading_ : progress.again == Again::kNextRound;
    drain(replies);
    wants_turn_ = again && !is_closed_;
  }

  void drain(std::string& replies) {
    while (is_reading_ && output_.size() > 0) {
      size_t size = 0;
      for (const iovec& piece : output_.pending()) {
        replies.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
        size += piece.iov_len;
      }
      output_.drop(size);
    }
  }

  std::unique_ptr<Conversation> conversation_;
  Input input_;
  Output output_;
  std::span<char> receive_into_;
  bool is_reading_ = true;
  bool is_closed_ = false;
  bool wants_turn_ = false;
  size_t turns_ = 0;
  std::function<void(size_t turns)> after_turn_;
};

}  // namespace pelikan::test
