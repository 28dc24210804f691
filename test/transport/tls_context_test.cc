#include "transport/tls_context.h"

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/setup_error.h"
#include "check.h"
#include "transport/tls_files.h"
#include "transport/tls_rig.h"
#include "transport/tls_ticket_keys.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

constexpr std::chrono::minutes kRotation{10};

struct Rig {
  Rig() {
    files.make("ca");
    files.make("other-ca");
    files.make("server", "ca");
    files.make("client", "ca");
    files.make("stranger", "other-ca");
  }
  [[nodiscard]] TlsSettings of(const std::string& name) const {
    TlsSettings settings;
    if (!name.empty()) {
      settings.cert = files.path(name + ".pem");
      settings.key = files.path(name + ".key");
    }
    return settings;
  }
  [[nodiscard]] TlsSettings server(TlsVerify verify = TlsVerify::kOff) const {
    TlsSettings settings = of("server");
    settings.verify = verify;
    if (verify != TlsVerify::kOff) settings.ca = files.path("ca.pem");
    return settings;
  }
  [[nodiscard]] TlsSettings client(const std::string& name = "") const {
    TlsSettings settings = of(name);
    settings.ca = files.path("ca.pem");
    settings.verify = TlsVerify::kRequired;
    return settings;
  }

  TlsFiles files;
  FakeTime time;
  TlsTicketKeys tickets{time, kRotation};
};

// What a handshake between the two comes to.
struct Meeting {
  Meeting(const TlsContext& server, const TlsContext& client, const std::string& name = "server",
          TlsSession* session = nullptr) {
    client_end.attach(std::make_unique<TlsStream>(client, TlsStream::Peer{name, session}));
    server_end.attach(std::make_unique<TlsStream>(server));
    cross(client_end, server_end);
  }
  [[nodiscard]] bool succeeded() const {
    return server_end.greetings == 1 && !server_end.end && !client_end.end;
  }
  [[nodiscard]] bool is_resumed() const {
    return succeeded() && server_end.transport->stream().is_resumed();
  }
  [[nodiscard]] std::string why() const {
    return std::string(server_end.transport->stream().failure());
  }

  TlsEnd client_end, server_end;
};

std::string complaint_about(const TlsSettings& settings) {
  try {
    const TlsContext context(settings, nullptr, nullptr);
  } catch (const SetupError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

START_TEST(files_that_do_not_do_are_named_with_their_option) {
  const Rig rig;
  const auto say = [&](std::string_view option, std::string_view file, std::string_view why) {
    return std::string(option) + " " + rig.files.path(file) + ": " + std::string(why);
  };
  rig.files.write("empty", "");
  rig.files.write("garbage", "not a certificate\n");
  rig.files.lock_key("server");
  TlsSettings settings = rig.server();
  ck_assert_text_eq(complaint_about(settings), "");
  ck_assert_text_eq(complaint_about(TlsSettings{}), "tls_cert is empty: TLS needs a certificate");
  settings.cert = rig.files.path("absent");
  ck_assert_text_eq(complaint_about(settings),
                    say("tls_cert", "absent", "No such file or directory"));
  settings.cert = rig.files.path("empty");
  ck_assert_text_eq(complaint_about(settings), say("tls_cert", "empty", "the file is empty"));
  settings.cert = rig.files.path("garbage");
  ck_assert_text_eq(complaint_about(settings), say("tls_cert", "garbage", "no start line"));
  settings = rig.server();
  settings.key = rig.files.path("client.key");
  ck_assert_text_eq(complaint_about(settings), say("tls_key", "client.key", "key values mismatch"));
  settings.key = rig.files.path("server.locked");
  ck_assert_text_eq(complaint_about(settings), say("tls_key", "server.locked",
                                                   "needs a password, and there is nobody to ask"));
  settings.key = rig.files.path("garbage");
  ck_assert_text_eq(complaint_about(settings).substr(0, 7), "tls_key");
  settings = rig.server(TlsVerify::kRequired);
  settings.ca = "";
  ck_assert_text_eq(complaint_about(settings),
                    "tls_ca is empty: tls_verify needs to know who vouches for clients");
  settings.ca = rig.files.path("garbage");
  ck_assert_text_eq(complaint_about(settings),
                    say("tls_ca", "garbage", "no certificate or crl found"));
}
END_TEST

START_TEST(words_openssl_does_not_know_are_refused) {
  const Rig rig;
  TlsSettings settings = rig.server();
  settings.ciphers = "NOTHING";
  ck_assert_text_eq(complaint_about(settings), "tls_ciphers NOTHING: no cipher match");
  settings = rig.server();
  settings.ciphersuites = "TLS_NOTHING";
  ck_assert_text_eq(complaint_about(settings), "tls_ciphersuites TLS_NOTHING: no cipher match");
  settings = rig.server();
  settings.groups = "P-1";
  ck_assert_text_eq(complaint_about(settings),
                    "tls_groups P-1: not a list of groups like X25519:P-256");
}
END_TEST

START_TEST(key_and_certificate_may_stand_in_one_file) {
  const Rig rig;
  std::string both;
  for (const char* name : {"server.pem", "server.key"}) both += content_of(rig.files.path(name));
  rig.files.write("both", both);
  TlsSettings settings;
  settings.cert = rig.files.path("both");
  ck_assert_text_eq(complaint_about(settings), "");
}
END_TEST

START_TEST(the_first_end_in_the_chain_counts) {
  const Rig rig;
  const int64_t now = static_cast<int64_t>(std::time(nullptr));
  rig.files.make("short", "ca", 1000);
  TlsSettings settings = rig.of("short");
  const int64_t expires = TlsContext(settings, nullptr, nullptr).expires();
  ck_assert_int_ge(expires, now + 990);
  ck_assert_int_le(expires, now + 1010);
  std::string chain;
  for (const char* name : {"server.pem", "short.pem"}) chain += content_of(rig.files.path(name));
  rig.files.write("chain.pem", chain);
  settings = rig.server();
  settings.cert = rig.files.path("chain.pem");
  ck_assert_int_eq(TlsContext(settings, nullptr, nullptr).expires(), expires);
  ck_assert_int_eq(TlsContext(TlsSettings{}).expires(), 0);
}
END_TEST

START_TEST(clients_check_by_name_and_by_address_whom_they_reach) {
  const Rig rig;
  const TlsContext server(rig.server(), nullptr, nullptr);
  const TlsContext client(rig.client());
  ck_assert(Meeting(server, client, "server").succeeded());
  ck_assert(Meeting(server, client, "127.0.0.1").succeeded());
  ck_assert(!Meeting(server, client, "elsewhere").succeeded());
  ck_assert(!Meeting(server, client, "127.0.0.2").succeeded());
  const TlsContext trusting(TlsSettings{});
  ck_assert(Meeting(server, trusting, "elsewhere").succeeded());
}
END_TEST

START_TEST(clients_without_a_good_certificate_are_refused_where_one_is_required) {
  const Rig rig;
  const TlsContext server(rig.server(TlsVerify::kRequired), nullptr, nullptr);
  ck_assert(Meeting(server, TlsContext(rig.client("client"))).succeeded());
  const Meeting nameless(server, TlsContext(rig.client()));
  ck_assert(!nameless.succeeded());
  ck_assert_text_eq(nameless.why(), "peer did not return a certificate");
  const Meeting stranger(server, TlsContext(rig.client("stranger")));
  ck_assert(!stranger.succeeded());
  ck_assert_text_eq(stranger.why(), "certificate verify failed");
}
END_TEST

START_TEST(an_optional_certificate_has_to_be_good) {
  const Rig rig;
  const TlsContext server(rig.server(TlsVerify::kOptional), nullptr, nullptr);
  ck_assert(Meeting(server, TlsContext(rig.client())).succeeded());
  ck_assert(Meeting(server, TlsContext(rig.client("client"))).succeeded());
  ck_assert(!Meeting(server, TlsContext(rig.client("stranger"))).succeeded());
}
END_TEST

START_TEST(sessions_are_resumed_in_either_version) {
  Rig rig;
  const TlsContext server(rig.server(), &rig.tickets, nullptr);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const TlsContext client(rig.client());
    SSL_CTX_set_max_proto_version(client.get(), version);
    TlsSession session;
    ck_assert(!Meeting(server, client, "server", &session).is_resumed());
    ck_assert(!session.is_empty());
    for (int i = 0; i < 3; ++i) ck_assert(Meeting(server, client, "server", &session).is_resumed());
  }
}
END_TEST

START_TEST(without_tickets_no_session_is_resumed) {
  const Rig rig;
  const TlsContext server(rig.server(), nullptr, nullptr);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const TlsContext client(rig.client());
    SSL_CTX_set_max_proto_version(client.get(), version);
    TlsSession session;
    for (int i = 0; i < 2; ++i) {
      const Meeting meeting(server, client, "server", &session);
      ck_assert(meeting.succeeded());
      ck_assert(!meeting.is_resumed());
    }
  }
}
END_TEST

START_TEST(a_ticket_is_good_for_one_change_of_keys) {
  Rig rig;
  const TlsContext server(rig.server(), &rig.tickets, nullptr);
  const TlsContext client(rig.client());
  TlsSession once, twice, longer;
  (void)Meeting(server, client, "server", &once);
  (void)Meeting(server, client, "server", &twice);
  (void)Meeting(server, client, "server", &longer);
  rig.time.advance_ms(std::chrono::milliseconds(kRotation).count());
  ck_assert(Meeting(server, client, "server", &once).is_resumed());  // and gets a new one
  rig.time.advance_ms(std::chrono::milliseconds(kRotation).count());
  ck_assert(Meeting(server, client, "server", &once).is_resumed());
  ck_assert(!Meeting(server, client, "server", &twice).is_resumed());
  rig.time.advance_ms(std::chrono::milliseconds(kRotation).count() * 2);
  ck_assert(!Meeting(server, client, "server", &once).is_resumed());
}
END_TEST

START_TEST(a_ticket_is_no_way_around_a_certificate) {
  Rig rig;
  const TlsContext open(rig.server(), &rig.tickets, nullptr);
  const TlsContext strict(rig.server(TlsVerify::kRequired), &rig.tickets, nullptr);
  const TlsContext client(rig.client());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_max_proto_version(client.get(), version);
    TlsSession session;
    ck_assert(Meeting(open, client, "server", &session).succeeded());
    ck_assert(!Meeting(strict, client, "server", &session).succeeded());
  }
}
END_TEST

START_TEST(a_ticket_outlives_new_files_of_the_same_trust) {
  Rig rig;
  const TlsContext client(rig.client("client"));
  TlsSession session;
  {
    const TlsContext server(rig.server(TlsVerify::kRequired), &rig.tickets, nullptr);
    (void)Meeting(server, client, "server", &session);
  }
  const TlsContext same(rig.server(TlsVerify::kRequired), &rig.tickets, nullptr);
  ck_assert(Meeting(same, client, "server", &session).is_resumed());
  TlsSettings settings = rig.server(TlsVerify::kRequired);
  settings.ca = rig.files.path("other-ca.pem");
  const TlsContext other(settings, &rig.tickets, nullptr);
  ck_assert(!Meeting(other, client, "server", &session).succeeded());
}
END_TEST

START_TEST(a_protocol_is_agreed_on_when_the_client_names_it) {
  const Rig rig;
  const TlsContext server(rig.server(), nullptr, "memcached");
  const auto agreed = [&](std::string_view offered) {
    const TlsContext client(rig.client());
    SSL_CTX_set_alpn_protos(client.get(), reinterpret_cast<const unsigned char*>(offered.data()),
                            static_cast<unsigned>(offered.size()));
    const Meeting meeting(server, client);
    ck_assert(meeting.succeeded());
    return std::string(meeting.server_end.transport->stream().protocol());
  };
  ck_assert_text_eq(agreed("\x02h2\x09memcached"), "memcached");
  ck_assert_text_eq(agreed("\x02h2"), "");
  ck_assert_text_eq(agreed("\x05redis"), "");
}
END_TEST

PELIKAN_TESTS("transport/tls_context", files_that_do_not_do_are_named_with_their_option,
              words_openssl_does_not_know_are_refused, key_and_certificate_may_stand_in_one_file,
              the_first_end_in_the_chain_counts,
              clients_check_by_name_and_by_address_whom_they_reach,
              clients_without_a_good_certificate_are_refused_where_one_is_required,
              an_optional_certificate_has_to_be_good, sessions_are_resumed_in_either_version,
              without_tickets_no_session_is_resumed, a_ticket_is_good_for_one_change_of_keys,
              a_ticket_is_no_way_around_a_certificate,
              a_ticket_outlives_new_files_of_the_same_trust,
              a_protocol_is_agreed_on_when_the_client_names_it)
