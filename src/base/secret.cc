#include "base/secret.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <new>

namespace pelikan {

Secret::Secret(std::string_view text) {
  static_assert(SHA256_DIGEST_LENGTH == std::tuple_size_v<decltype(digest_)>);
  // OpenSSL crashes, the first time it is used, when it finds no memory to set itself up.
  if (::OSSL_LIB_CTX_get0_global_default() == nullptr) throw std::bad_alloc();
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (::SHA256(bytes, text.size(), digest_.data()) == nullptr) throw std::bad_alloc();
}

bool Secret::is_same(const Secret& other) const noexcept {
  return ::CRYPTO_memcmp(digest_.data(), other.digest_.data(), digest_.size()) == 0;
}

}  // namespace pelikan
