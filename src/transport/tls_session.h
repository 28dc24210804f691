// TlsSession: what a client keeps of one connection to make the next a short one.
//
// Thread safety: none; the streams that were made with it use it.
#pragma once

#include <memory>

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace pelikan {

class TlsSession {
 public:
  [[nodiscard]] bool is_empty() const noexcept { return session_ == nullptr; }

  // For TlsContext: its connections hand their sessions to those named by serve().
  static void collect(ssl_ctx_st* context) noexcept;
  // For TlsStream: begins with the session there is, and keeps the coming one.
  // REQUIRES: outlives the connection
  void serve(ssl_st* connection) noexcept;

 private:
  struct Free {
    void operator()(ssl_session_st* session) const noexcept;
  };
  static int keep(ssl_st* connection, ssl_session_st* session);

  std::unique_ptr<ssl_session_st, Free> session_;
};

}  // namespace pelikan
