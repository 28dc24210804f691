#include "load/engine/tls_client.h"

namespace pelikan::load {
namespace {

TlsSettings settings_of(const TlsClientOptions& options) {
  TlsSettings settings;
  settings.cert = options.cert.get();
  settings.key = options.key.get();
  settings.ca = options.ca.get();
  settings.verify = options.verify.get() ? TlsVerify::kRequired : TlsVerify::kOff;
  settings.only_1_3 = options.min_version.get() == "1.3";
  return settings;
}

}  // namespace

TlsClient::TlsClient(const TlsClientOptions& options)
    : options_(options), context_(settings_of(options)) {}

std::unique_ptr<TlsStream> TlsClient::begin(const ServerTarget& server, TlsSession* session) const {
  const std::string& asked = options_.sni.get();
  TlsStream::Peer peer{.name = asked.empty() ? server.host : asked};
  if (options_.resume.get()) peer.session = session;
  return std::make_unique<TlsStream>(context_, peer);
}

}  // namespace pelikan::load
