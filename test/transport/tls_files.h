// Certificates and keys for tests, made anew in a folder that goes with them.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "base/assertion.h"
#include "log/temporary_directory.h"

namespace pelikan::test {

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;

class TlsFiles {
 public:
  [[nodiscard]] std::string path(std::string_view file) const {
    return folder_.path(std::string(file));
  }
  void write(std::string_view file, std::string_view content) const {
    std::ofstream(path(file)) << content;
  }

  // NAME.pem and NAME.key; `issuer` has been made so, and is empty for who vouches for itself. A
  // certificate is for 127.0.0.1 and for NAME.
  void make(const std::string& name, const std::string& issuer = "", long valid_s = 86400) const {
    const Pkey key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    X509* x509 = certificate.get();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), valid_s);
    X509_set_pubkey(x509, key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    const Certificate by(issuer.empty() ? nullptr : read_certificate(issuer));
    X509* signer = by == nullptr ? x509 : by.get();
    X509_set_issuer_name(x509, X509_get_subject_name(signer));
    if (issuer.empty()) {
      extend(x509, NID_basic_constraints, "critical,CA:TRUE");
    } else {
      extend(x509, NID_subject_alt_name, "IP:127.0.0.1,DNS:" + name);
    }
    const Pkey issuer_key(issuer.empty() ? nullptr : read_key(issuer));
    CHECK(X509_sign(x509, issuer.empty() ? key.get() : issuer_key.get(), EVP_sha256()) > 0);
    write_pem(name + ".pem", [x509](FILE* file) { return PEM_write_X509(file, x509); });
    write_pem(name + ".key", [&](FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  // NAME.locked: the key behind a password.
  void lock_key(const std::string& name) const {
    const Pkey key(read_key(name));
    write_pem(name + ".locked", [&](FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), EVP_aes_128_cbc(),
                                  reinterpret_cast<const unsigned char*>("secret"), 6, nullptr,
                                  nullptr);
    });
  }

 private:
  static void extend(X509* x509, int nid, const std::string& value) {
    const std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
    CHECK(extension != nullptr && X509_add_ext(x509, extension.get(), -1) == 1);
  }
  template <class Write>
  void write_pem(const std::string& file, const Write& write) const {
    FILE* stream = std::fopen(path(file).c_str(), "w");
    CHECK(stream != nullptr && write(stream) == 1 && std::fclose(stream) == 0);
  }
  [[nodiscard]] X509* read_certificate(const std::string& name) const {
    FILE* stream = std::fopen(path(name + ".pem").c_str(), "r");
    X509* x509 = PEM_read_X509(stream, nullptr, nullptr, nullptr);
    std::fclose(stream);
    return x509;
  }
  [[nodiscard]] EVP_PKEY* read_key(const std::string& name) const {
    FILE* stream = std::fopen(path(name + ".key").c_str(), "r");
    EVP_PKEY* key = PEM_read_PrivateKey(stream, nullptr, nullptr, nullptr);
    std::fclose(stream);
    return key;
  }

  const TemporaryDirectory folder_;
  mutable long serial_ = 0;
};

}  // namespace pelikan::test
