// TlsStream: one connection's TLS, as calculation alone: sealed bytes are taken from a wire and put
// there, plain ones are read and written. It knows no socket and no loop, and may move from one
// thread to another between two calls.
//
// Every call goes as far as the sealed bytes at hand let it. What OpenSSL has opened and nobody has
// read yet is has_plaintext(): nobody may wait for the network before that has been read.
//
// Thread safety: one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "transport/tls_context.h"
#include "transport/tls_session.h"

struct bio_st;
struct bio_method_st;
struct ssl_st;

namespace pelikan {

// Where a stream's sealed bytes come from and go to.
class TlsWire {
 public:
  virtual ~TlsWire() = default;
  // Moves bytes that have come; returns how many, 0: there are none now.
  [[nodiscard]] virtual size_t take(std::span<char> place) noexcept = 0;
  // All or nothing; false: there is no room.
  [[nodiscard]] virtual bool put(std::string_view sealed) noexcept = 0;
};

class TlsStream {
 public:
  enum class Status : uint8_t {
    kOk,
    kNeedsMore,  // sealed bytes from the peer
    kEnded,      // the peer has said that it sends no more
    kFailed,     // for good; failure() says why
  };
  // Whom a client connects to.
  struct Peer {
    std::string name;               // DNS name or address: named to the peer (SNI, a DNS name), and
                                    // its certificate has to be for it when the context verifies
    TlsSession* session = nullptr;  // null: none is resumed or kept
  };

  // A server's end, and a client's. Throw std::bad_alloc, the client's SetupError for a name that
  // cannot be one. REQUIRES: peer.session outlives the stream
  explicit TlsStream(const TlsContext& context);
  TlsStream(const TlsContext& context, const Peer& peer);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  ~TlsStream();

  // From now on, until another; null: none, and nothing is called but early() and what is asked.
  void use(TlsWire* wire) noexcept { wire_ = wire; }

  // The handshake, as far as it goes. kOk: it is done.
  [[nodiscard]] Status shake_hands() noexcept;
  // Opens at most one record into `place`, not empty; `n` is how much came.
  [[nodiscard]] Status read(std::span<char> place, size_t& n) noexcept;
  // Seals all of it, in as few records as can be. False: it has failed.
  // REQUIRES: established, and the wire has room for it
  [[nodiscard]] bool write(std::string_view plain) noexcept;
  // Tells the peer that no more comes.
  void end() noexcept;

  // Sealed bytes that came behind the handshake and were not taken, for whoever goes on with the
  // stream on another thread. False: there is no memory for them.
  [[nodiscard]] bool keep_early(std::string_view sealed) noexcept;
  [[nodiscard]] std::string& early() noexcept { return early_; }

  [[nodiscard]] bool is_client() const noexcept { return is_client_; }
  [[nodiscard]] bool is_established() const noexcept;
  [[nodiscard]] bool is_resumed() const noexcept;
  [[nodiscard]] bool has_plaintext() const noexcept;
  // "wrong version number"; a literal. Empty: it has not failed.
  [[nodiscard]] std::string_view failure() const noexcept { return failure_; }
  [[nodiscard]] std::string_view version() const noexcept;  // "TLSv1.3"
  [[nodiscard]] std::string_view cipher() const noexcept;   // "TLS_AES_128_GCM_SHA256"
  // What was agreed on by ALPN; empty: nothing.
  [[nodiscard]] std::string_view protocol() const noexcept;

 private:
  struct Free {
    void operator()(ssl_st* connection) const noexcept;
  };

  static const bio_method_st* wire_method();
  static int on_read(bio_st* bio, char* place, size_t size, size_t* n);
  static int on_write(bio_st* bio, const char* bytes, size_t size, size_t* n);
  static long on_control(bio_st* bio, int command, long number, void* pointer);

  void connect_to_wire();
  [[nodiscard]] Status status_of(int result) noexcept;

  std::unique_ptr<ssl_st, Free> connection_;
  TlsWire* wire_ = nullptr;
  std::string early_;
  std::string_view failure_;
  const bool is_client_;
  bool has_heard_ = false;   // anything of the peer
  bool is_foreign_ = false;  // its first byte was none of TLS: it is told nothing
};

}  // namespace pelikan
