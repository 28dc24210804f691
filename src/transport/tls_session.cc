#include "transport/tls_session.h"

#include <openssl/ssl.h>

namespace pelikan {

void TlsSession::Free::operator()(ssl_session_st* session) const noexcept {
  SSL_SESSION_free(session);
}

void TlsSession::collect(ssl_ctx_st* context) noexcept {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(context, &keep);
}

void TlsSession::serve(ssl_st* connection) noexcept {
  SSL_set_app_data(connection, this);
  if (session_ != nullptr) SSL_set_session(connection, session_.get());
}

// A returned 1 keeps the reference.
int TlsSession::keep(ssl_st* connection, ssl_session_st* session) {
  auto* place = static_cast<TlsSession*>(SSL_get_app_data(connection));
  if (place == nullptr) return 0;
  place->session_.reset(session);
  return 1;
}

}  // namespace pelikan
