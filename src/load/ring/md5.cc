#include "load/ring/md5.h"

#include <openssl/evp.h>

#include "base/assertion.h"
#include "base/setup_error.h"

namespace pelikan::load {

struct Md5::Context {
  Context()
      : is_ready(digest != nullptr && ::EVP_DigestInit_ex(digest, ::EVP_md5(), nullptr) == 1) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { ::EVP_MD_CTX_free(digest); }

  EVP_MD_CTX* const digest = ::EVP_MD_CTX_new();
  const bool is_ready;
};

Md5::Md5() : context_(std::make_unique<Context>()) {
  if (!context_->is_ready) throw SetupError(ExitCode::kConfig, "OpenSSL offers no MD5 here");
}

Md5::~Md5() = default;

Md5::Words Md5::operator()(std::string_view text) noexcept {
  std::array<uint8_t, 16> bytes{};
  unsigned size = 0;
  EVP_MD_CTX* const digest = context_->digest;
  // Without a type it begins anew with that of the construction, and allocates nothing.
  CHECK(::EVP_DigestInit_ex(digest, nullptr, nullptr) == 1 &&
        ::EVP_DigestUpdate(digest, text.data(), text.size()) == 1 &&
        ::EVP_DigestFinal_ex(digest, bytes.data(), &size) == 1 && size == bytes.size());
  Words words{};
  for (size_t i = 0; i < bytes.size(); ++i) words[i / 4] |= uint32_t{bytes[i]} << (i % 4 * 8);
  return words;
}

}  // namespace pelikan::load
