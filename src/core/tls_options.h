// TLS: where it is spoken, and with what.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/admin_options.h"
#include "option/option.h"
#include "transport/tls_context.h"

namespace pelikan {

struct TlsOptions : OptionGroup {
  using Milliseconds = std::chrono::milliseconds;

  Option<int64_t> port{this,
                       "tls_port",
                       kPortOff,
                       "TCP port on which TLS is spoken, beside the plain one; 0: any free one, "
                       "-1: none",
                       {-1, 65535}};
  Option<std::string> host{this, "tls_host", "127.0.0.1",
                           "addresses or names to listen on for TLS, as server_host"};
  Option<std::string> cert{this, "tls_cert", "",
                           "PEM file of the certificate, then those between it and its root"};
  Option<std::string> key{this, "tls_key", "",
                          "PEM file of its key, without a password; empty: tls_cert has it too"};
  Option<std::string> ca{this, "tls_ca", "",
                         "PEM file of those who vouch for the clients that tls_verify asks"};
  Option<Choice> verify{this,
                        "tls_verify",
                        "off",
                        "whether clients have to show a certificate; an optional one has to be "
                        "good when it is shown",
                        {"off", "optional", "required"}};
  Option<Choice> min_version{
      this, "tls_min_version", "1.2", "oldest version of TLS that is spoken", {"1.2", "1.3"}};
  Option<std::string> ciphers{this, "tls_ciphers", kTlsCiphers,
                              "ciphers of TLS 1.2, as OpenSSL writes them"};
  Option<std::string> ciphersuites{this, "tls_ciphersuites", kTlsCiphersuites,
                                   "ciphers of TLS 1.3, as OpenSSL writes them"};
  Option<std::string> groups{this, "tls_groups", kTlsGroups,
                             "groups for the exchange of keys, the best first"};
  Option<bool> session_tickets{
      this, "tls_session_tickets", true,
      "give clients a ticket with which their next handshake is a short one"};
  Option<Milliseconds> ticket_rotation{
      this,
      "tls_ticket_rotation",
      std::chrono::hours(1),
      "how long tickets are sealed with one key; the key before still opens its tickets",
      {std::chrono::minutes(1), std::chrono::hours(84)}};
  Option<Milliseconds> handshake_timeout{this,
                                         "tls_handshake_timeout",
                                         std::chrono::seconds(5),
                                         "close a connection that has not shaken hands by then",
                                         {Milliseconds(100), std::chrono::hours(1)}};

  [[nodiscard]] bool is_on() const noexcept { return port.get() != kPortOff; }
  [[nodiscard]] TlsSettings settings() const {
    return {.cert = cert.get(),
            .key = key.get(),
            .ca = ca.get(),
            .verify = verify.get() == "off"        ? TlsVerify::kOff
                      : verify.get() == "optional" ? TlsVerify::kOptional
                                                   : TlsVerify::kRequired,
            .only_1_3 = min_version.get() == "1.3",
            .ciphers = ciphers.get(),
            .ciphersuites = ciphersuites.get(),
            .groups = groups.get()};
  }
};

}  // namespace pelikan
