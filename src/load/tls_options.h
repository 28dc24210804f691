// How the load generator's connections are sealed.
//
// Thread safety: as Option's.
#pragma once

#include <string>

#include "option/option.h"

namespace pelikan::load {

struct TlsClientOptions : OptionGroup {
  Option<bool> enabled{this, "tls", false, "connections speak TLS"};
  Option<std::string> ca{this, "tls_ca", "",
                         "PEM file of those who vouch for the servers; empty: the system's"};
  Option<std::string> cert{this, "tls_cert", "",
                           "PEM file of the certificate to show to servers that ask for one"};
  Option<std::string> key{this, "tls_key", "", "PEM file of its key; empty: it is in tls_cert's"};
  Option<std::string> sni{this, "tls_sni", "",
                          "name to ask servers for, and to find in their certificates; empty: the "
                          "host in servers"};
  Option<bool> verify{this, "tls_verify", true,
                      "servers must show a certificate that is good and theirs"};
  Option<Choice> min_version{
      this, "tls_min_version", "1.2", "the oldest version of TLS to speak", {"1.2", "1.3"}};
  Option<bool> resume{this, "tls_resume", true,
                      "go on with the session of an earlier connection of the thread: such a "
                      "handshake costs less"};
};

}  // namespace pelikan::load
