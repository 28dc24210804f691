#include "transport/tls_stream.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <new>

#include "base/assertion.h"
#include "base/setup_error.h"
#include "base/tls_hello.h"

namespace pelikan {
namespace {

bool is_address(const std::string& name) noexcept {
  in6_addr place;
  return ::inet_pton(AF_INET, name.c_str(), &place) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), &place) == 1;
}

}  // namespace

void TlsStream::Free::operator()(ssl_st* connection) const noexcept { SSL_free(connection); }

TlsStream::TlsStream(const TlsContext& context)
    : connection_(SSL_new(context.get())), is_client_(false) {
  connect_to_wire();
  SSL_set_accept_state(connection_.get());
}

TlsStream::TlsStream(const TlsContext& context, const Peer& peer)
    : connection_(SSL_new(context.get())), is_client_(true) {
  connect_to_wire();
  SSL* connection = connection_.get();
  SSL_set_connect_state(connection);
  const bool by_address = is_address(peer.name);
  bool named = true;
  if (!peer.name.empty() && !by_address)
    named = SSL_set_tlsext_host_name(connection, peer.name.c_str()) == 1;
  if (named && !peer.name.empty() && context.verifies()) {
    named = by_address
                ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), peer.name.c_str()) == 1
                : SSL_set1_host(connection, peer.name.c_str()) == 1;
  }
  if (!named)
    throw SetupError(ExitCode::kConfig, fmt::format("'{}' cannot be a TLS name", peer.name));
  if (peer.session != nullptr) peer.session->serve(connection);
}

// Else OpenSSL would take the missing goodbye for a reason not to resume the session.
TlsStream::~TlsStream() {
  if (failure_.empty())
    SSL_set_shutdown(connection_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void TlsStream::connect_to_wire() {
  if (connection_ == nullptr) throw std::bad_alloc();
  BIO* bio = BIO_new(wire_method());
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(connection_.get(), bio, bio);
}

// Made once and kept: it is the same for all.
const bio_method_st* TlsStream::wire_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_read_ex(made, &on_read);
    BIO_meth_set_write_ex(made, &on_write);
    BIO_meth_set_ctrl(made, &on_control);
    return made;
  }();
  return method;
}

int TlsStream::on_read(bio_st* bio, char* place, size_t size, size_t* n) {
  auto& stream = *static_cast<TlsStream*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *n = stream.wire_->take({place, size});
  if (*n == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  if (!stream.has_heard_) {
    stream.has_heard_ = true;
    stream.is_foreign_ = !stream.is_client_ && place[0] != kTlsHandshake;
  }
  return 1;
}

int TlsStream::on_write(bio_st* bio, const char* bytes, size_t size, size_t* n) {
  auto& stream = *static_cast<TlsStream*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *n = size;
  // Whoever does not speak TLS would take an alert for an answer.
  if (stream.is_foreign_ || stream.wire_->put({bytes, size})) return 1;
  *n = 0;
  return 0;
}

long TlsStream::on_control(bio_st*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

TlsStream::Status TlsStream::shake_hands() noexcept {
  ERR_clear_error();
  const Status status = status_of(SSL_do_handshake(connection_.get()));
  if (!is_foreign_) return status;
  failure_ = "not TLS";
  return Status::kFailed;
}

TlsStream::Status TlsStream::read(std::span<char> place, size_t& n) noexcept {
  n = 0;
  ERR_clear_error();
  return status_of(SSL_read_ex(connection_.get(), place.data(), place.size(), &n));
}

bool TlsStream::write(std::string_view plain) noexcept {
  size_t n = 0;
  ERR_clear_error();
  return status_of(SSL_write_ex(connection_.get(), plain.data(), plain.size(), &n)) == Status::kOk;
}

void TlsStream::end() noexcept {
  if (!failure_.empty() || !is_established()) return;
  ERR_clear_error();
  SSL_shutdown(connection_.get());  // 0: the peer has not ended too, which nobody waits for
}

bool TlsStream::keep_early(std::string_view sealed) noexcept {
  try {
    early_.assign(sealed);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

TlsStream::Status TlsStream::status_of(int result) noexcept {
  if (result == 1) [[likely]]
    return Status::kOk;
  switch (SSL_get_error(connection_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Status::kNeedsMore;
    case SSL_ERROR_ZERO_RETURN:
      return Status::kEnded;
  }
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  failure_ = reason == nullptr ? "no room for its bytes" : reason;
  return Status::kFailed;
}

bool TlsStream::is_established() const noexcept {
  return SSL_is_init_finished(connection_.get()) == 1;
}
bool TlsStream::is_resumed() const noexcept { return SSL_session_reused(connection_.get()) == 1; }
bool TlsStream::has_plaintext() const noexcept { return SSL_pending(connection_.get()) > 0; }
std::string_view TlsStream::version() const noexcept { return SSL_get_version(connection_.get()); }
std::string_view TlsStream::cipher() const noexcept {
  const char* name = SSL_get_cipher_name(connection_.get());
  return name == nullptr ? "" : name;
}
std::string_view TlsStream::protocol() const noexcept {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(connection_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

}  // namespace pelikan
