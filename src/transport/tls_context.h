// TlsContext: what the connections of one side have in common: certificate and key, who vouches for
// peers, which versions and ciphers are spoken. It never changes; new files make a new context, and
// connections that were begun with the old one keep it.
//
// Errors name the option a setting is from (tls_cert, ...), which is called alike everywhere.
//
// Thread safety: streams may be made of it by several threads at once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace pelikan {

class TlsTicketKeys;

// What is asked of peers about who they are.
enum class TlsVerify : uint8_t {
  kOff,       // nothing
  kOptional,  // a certificate that they show has to be good
  kRequired,  // they have to show a good one
};

// Ephemeral keys and authenticated encryption, nothing else.
inline constexpr const char* kTlsCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
inline constexpr const char* kTlsCiphersuites =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
inline constexpr const char* kTlsGroups = "X25519:P-256:P-384";

struct TlsSettings {
  std::string cert;  // PEM file: our certificate, then those between it and the root; a client may
                     // have none
  std::string key;   // PEM file of its key; empty: cert's file has it too
  std::string ca;    // PEM file of those who vouch for peers; a client's, when empty: the system's
  TlsVerify verify = TlsVerify::kOff;
  bool only_1_3 = false;                        // else 1.2 too
  std::string ciphers = kTlsCiphers;            // of 1.2
  std::string ciphersuites = kTlsCiphersuites;  // of 1.3
  std::string groups = kTlsGroups;
};

class TlsContext {
 public:
  // Of a server. `tickets` seals sessions for clients to come back with, null: none do; it is used
  // by the threads that make connections. `protocol` is what clients may ask for by ALPN
  // ("memcached"), null: nothing; whoever asks for something else goes without.
  // Throws SetupError. REQUIRES: tickets and protocol outlive the context and its connections
  TlsContext(const TlsSettings& settings, TlsTicketKeys* tickets, const char* protocol);
  // Of a client. Throws SetupError.
  explicit TlsContext(const TlsSettings& settings);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // When the first certificate of our chain ends, in seconds since 1970; 0 without one.
  [[nodiscard]] int64_t expires() const noexcept;

  // For TlsStream.
  [[nodiscard]] ssl_ctx_st* get() const noexcept { return context_.get(); }
  [[nodiscard]] bool verifies() const noexcept { return verifies_; }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };

  void set_up(const TlsSettings& settings);
  void take_certificate(const TlsSettings& settings);
  void trust(const TlsSettings& settings);
  void name_sessions(const TlsSettings& settings);

  std::unique_ptr<ssl_ctx_st, Free> context_;
  bool verifies_ = false;
};

}  // namespace pelikan
