#include "transport/tls_ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <cstring>
#include <span>

#include "base/setup_error.h"

namespace pelikan {
namespace {

constexpr size_t kIv = 16;  // of AES

bool set_mac(EVP_MAC_CTX* mac, std::span<const unsigned char> secret) noexcept {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY,
                                        const_cast<unsigned char*>(secret.data()), secret.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

template <class Key>
bool fill(Key& key) noexcept {
  return RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1 &&
         RAND_priv_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) == 1 &&
         RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1;
}

}  // namespace

TlsTicketKeys::TlsTicketKeys(const TimeSource& time, std::chrono::milliseconds rotation)
    : time_(time), rotation_ms_(rotation.count()), made_ms_(time.boot_ms()) {
  if (!fill(newer_)) throw SetupError(ExitCode::kSystem, "the system gives no random numbers");
}

TlsTicketKeys::~TlsTicketKeys() {
  OPENSSL_cleanse(&newer_, sizeof newer_);
  OPENSSL_cleanse(&older_, sizeof older_);
}

void TlsTicketKeys::serve(ssl_ctx_st* context) {
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &answer);
  SSL_CTX_set_timeout(context, static_cast<long>(2 * rotation_ms_ / 1000));
}

int TlsTicketKeys::answer(ssl_st* connection, unsigned char* name, unsigned char* iv,
                          evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac, int seal) {
  auto* keys = static_cast<TlsTicketKeys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
  keys->rotate();
  if (seal != 0) return keys->seal(name, iv, cipher, mac);
  const Answer opened = keys->open(name, iv, cipher, mac);
  // Clients use a ticket of 1.3 once (RFC 8446 appendix C.4): without a new one the time after next
  // would be a whole handshake.
  const bool is_single_use = SSL_version(connection) == TLS1_3_VERSION;
  return opened == kGood && is_single_use ? kGoodButRenew : opened;
}

// A key that was not used for two periods is as old as one that was replaced twice.
void TlsTicketKeys::rotate() noexcept {
  const int64_t now_ms = time_.boot_ms();
  const int64_t age_ms = now_ms - made_ms_;
  if (age_ms < rotation_ms_) return;
  Key fresh;
  if (!fill(fresh)) return;  // the old one goes on until the system has random numbers again
  older_ = newer_;
  has_older_ = age_ms < 2 * rotation_ms_;
  newer_ = fresh;
  made_ms_ = now_ms;
  OPENSSL_cleanse(&fresh, sizeof fresh);
}

TlsTicketKeys::Answer TlsTicketKeys::seal(unsigned char* name, unsigned char* iv,
                                          evp_cipher_ctx_st* cipher,
                                          evp_mac_ctx_st* mac) const noexcept {
  if (RAND_bytes(iv, kIv) != 1) return kError;
  std::memcpy(name, newer_.name.data(), kName);
  const bool set =
      EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, newer_.cipher.data(), iv) == 1 &&
      set_mac(mac, newer_.mac);
  return set ? kGood : kError;
}

TlsTicketKeys::Answer TlsTicketKeys::open(const unsigned char* name, const unsigned char* iv,
                                          evp_cipher_ctx_st* cipher,
                                          evp_mac_ctx_st* mac) const noexcept {
  const bool is_newer = std::memcmp(name, newer_.name.data(), kName) == 0;
  if (!is_newer && !(has_older_ && std::memcmp(name, older_.name.data(), kName) == 0))
    return kUnknown;
  const Key& key = is_newer ? newer_ : older_;
  const bool set =
      EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv) == 1 &&
      set_mac(mac, key.mac);
  if (!set) return kError;
  return is_newer ? kGood : kGoodButRenew;
}

}  // namespace pelikan
