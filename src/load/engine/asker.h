// Asker: a blocking conversation with a server, one reply at a time, for what is asked before and
// after a run.
//
// Thread safety: one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "load/engine/greeting.h"
#include "load/engine/servers.h"

namespace pelikan::load {

class TlsClient;

class Asker {
 public:
  // The size of the whole reply at the start of `in`; 0 while it is not whole.
  using ReplySize = size_t (*)(std::string_view in);

  // `tls` null: nothing is sealed. Throws ServerUnreachable, with the reason when it is the
  // handshake that fails. REQUIRES: target and tls outlive it
  Asker(const ServerTarget& target, std::chrono::milliseconds timeout, ReplySize reply_size,
        const TlsClient* tls);
  Asker(Asker&&) noexcept;
  ~Asker();

  // Throws ServerUnreachable.
  void ask(std::string_view request);
  // Valid until the next call; empty when the server closes instead. Throws ServerUnreachable when
  // it is silent.
  std::string_view answer();
  // Throws SetupError with the server's words when it refuses.
  void greet(const Greeting& greeting);

 private:
  class Sealing;

  // How much came; 0: the server closes.
  [[nodiscard]] size_t receive(std::span<char> place);
  [[noreturn]] void throw_unsealed(std::string_view reason) const;
  [[noreturn]] void throw_silent() const;

  const ServerTarget& target_;
  const ReplySize reply_size_;
  UniqueFd socket_;
  std::unique_ptr<Sealing> sealing_;  // null: without TLS
  std::string in_;
  size_t answered_ = 0;  // bytes of in_ that were given out
};

}  // namespace pelikan::load
