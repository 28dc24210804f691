#include "transport/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <new>

#include "base/setup_error.h"
#include "transport/tls_session.h"
#include "transport/tls_ticket_keys.h"

namespace pelikan {
namespace {

// A client's chain that is longer is refused, before memory is taken for it.
constexpr int kChainMax = 32 * 1024;

// OpenSSL's word for the first thing that went wrong; forgets the rest.
std::string reason() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(error)) return std::strerror(ERR_GET_REASON(error));
  const char* text = ERR_reason_error_string(error);
  return text == nullptr ? "refused" : text;
}

[[noreturn]] void refuse(std::string_view option, std::string_view value, std::string_view why) {
  throw SetupError(ExitCode::kConfig, fmt::format("{} {}: {}", option, value, why));
}

std::string content_of(std::string_view option, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse(option, path, std::strerror(errno));
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) refuse(option, path, std::strerror(errno));
  if (content.empty()) refuse(option, path, "the file is empty");
  return content;
}

// Nobody is there to type one; that it was asked for is the message.
int note_password_question(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

int64_t seconds_of(const ASN1_TIME* time) noexcept {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? ::timegm(&parts) : 0;
}

// Takes our protocol when the client names it, and else goes on without one.
int select_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void* ours) {
  const std::string_view protocol(static_cast<const char*>(ours));
  for (unsigned at = 0; at < offered_size; at += 1u + offered[at]) {
    const std::string_view name(reinterpret_cast<const char*>(offered + at + 1), offered[at]);
    if (name != protocol) continue;
    *chosen = offered + at + 1;
    *size = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

TlsContext::TlsContext(const TlsSettings& settings, TlsTicketKeys* tickets, const char* protocol)
    : context_(SSL_CTX_new(TLS_server_method())) {
  set_up(settings);
  if (settings.cert.empty())
    throw SetupError(ExitCode::kConfig, "tls_cert is empty: TLS needs a certificate");
  take_certificate(settings);
  trust(settings);
  name_sessions(settings);
  SSL_CTX* context = get();
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Sessions are kept by clients, sealed.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (tickets == nullptr) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
  } else {
    tickets->serve(context);
  }
  if (protocol != nullptr)
    SSL_CTX_set_alpn_select_cb(context, &select_protocol, const_cast<char*>(protocol));
}

TlsContext::TlsContext(const TlsSettings& settings) : context_(SSL_CTX_new(TLS_client_method())) {
  set_up(settings);
  if (!settings.cert.empty()) take_certificate(settings);
  trust(settings);
  TlsSession::collect(get());
}

void TlsContext::set_up(const TlsSettings& settings) {
  SSL_CTX* context = get();
  if (context == nullptr) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context, settings.only_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // An idle connection has no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_max_cert_list(context, kChainMax);
  if (SSL_CTX_set_cipher_list(context, settings.ciphers.c_str()) != 1)
    refuse("tls_ciphers", settings.ciphers, reason());
  if (SSL_CTX_set_ciphersuites(context, settings.ciphersuites.c_str()) != 1)
    refuse("tls_ciphersuites", settings.ciphersuites, reason());
  if (SSL_CTX_set1_groups_list(context, settings.groups.c_str()) != 1)
    refuse("tls_groups", settings.groups, "not a list of groups like X25519:P-256");
}

void TlsContext::take_certificate(const TlsSettings& settings) {
  SSL_CTX* context = get();
  (void)content_of("tls_cert", settings.cert);
  if (SSL_CTX_use_certificate_chain_file(context, settings.cert.c_str()) != 1)
    refuse("tls_cert", settings.cert, reason());
  const std::string& key = settings.key.empty() ? settings.cert : settings.key;
  (void)content_of("tls_key", key);
  bool needs_password = false;
  SSL_CTX_set_default_passwd_cb(context, &note_password_question);
  SSL_CTX_set_default_passwd_cb_userdata(context, &needs_password);
  const bool taken = SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb(context, nullptr);
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (needs_password) refuse("tls_key", key, "needs a password, and there is nobody to ask");
  if (!taken || SSL_CTX_check_private_key(context) != 1) refuse("tls_key", key, reason());
}

void TlsContext::trust(const TlsSettings& settings) {
  SSL_CTX* context = get();
  verifies_ = settings.verify != TlsVerify::kOff;
  if (!verifies_) return;
  const bool is_server = SSL_CTX_get_ssl_method(context) == TLS_server_method();
  if (settings.ca.empty()) {
    if (is_server) {
      throw SetupError(ExitCode::kConfig,
                       "tls_ca is empty: tls_verify needs to know who vouches for clients");
    }
    SSL_CTX_set_default_verify_paths(context);
  } else {
    (void)content_of("tls_ca", settings.ca);
    if (SSL_CTX_load_verify_locations(context, settings.ca.c_str(), nullptr) != 1)
      refuse("tls_ca", settings.ca, reason());
    if (is_server)
      SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(settings.ca.c_str()));
  }
  const bool required = settings.verify == TlsVerify::kRequired;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                     nullptr);
}

// A session is good only where clients are asked the same: whoever was let in without a
// certificate, or by another's word, has to come anew.
void TlsContext::name_sessions(const TlsSettings& settings) {
  std::string text(1, static_cast<char>('0' + static_cast<int>(settings.verify)));
  if (verifies_) text += content_of("tls_ca", settings.ca);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  static_assert(SSL_MAX_SID_CTX_LENGTH == 32);
  SSL_CTX_set_session_id_context(get(), digest.data(), size);
}

int64_t TlsContext::expires() const noexcept {
  const X509* own = SSL_CTX_get0_certificate(get());
  if (own == nullptr) return 0;
  int64_t first = seconds_of(X509_get0_notAfter(own));
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(get(), &chain);
  for (int i = 0; i < sk_X509_num(chain); ++i)
    first = std::min(first, seconds_of(X509_get0_notAfter(sk_X509_value(chain, i))));
  return first;
}

}  // namespace pelikan
