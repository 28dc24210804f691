#include "core/exposure.h"

#include "base/setup_error.h"

#include "check.h"

namespace pelikan {
namespace {

bool is_local_text(std::string_view host) { return is_local(Address::resolve(host, 80).front()); }

// Of a start by root, when `by_root`.
std::string refusal(const FrameworkOptions& options, bool by_root = false) {
  try {
    const auto exposed = allowed_exposure(options);
    if (by_root) refuse_root(options, exposed);
  } catch (const SetupError& error) {
    ck_assert(error.code() == ExitCode::kConfig);
    return error.what();
  }
  return {};
}

START_TEST(loopback_and_unix_sockets_are_local) {
  for (const char* host : {"127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"}) {
    ck_assert_msg(is_local_text(host), "%s", host);
  }
  ck_assert(is_local(Address::unix_path("/run/cache.sock")));
  for (const char* host :
       {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "::2", "fe80::1", "::ffff:10.0.0.1"}) {
    ck_assert_msg(!is_local_text(host), "%s", host);
  }
}
END_TEST

START_TEST(the_defaults_expose_nothing) { ck_assert(allowed_exposure(FrameworkOptions()).empty()); }
END_TEST

START_TEST(a_data_port_for_other_machines_must_be_allowed) {
  FrameworkOptions options;
  options.server.host.set("127.0.0.1,0.0.0.0");
  ck_assert_text_eq(refusal(options),
                    "server_host: '127.0.0.1,0.0.0.0' lets other machines in, and nobody has to "
                    "say who they are; if "
                    "that is meant, set allow_unauthenticated: yes");
  options.process.allow_unauthenticated.set(true);
  const std::vector<std::string> exposed = allowed_exposure(options);
  ck_assert_uint_eq(exposed.size(), 1);
  ck_assert_text_eq(exposed[0], "server_host 127.0.0.1,0.0.0.0");
}
END_TEST

START_TEST(a_tls_port_may_be_reached_when_certificates_are_required) {
  FrameworkOptions options;
  options.tls.host.set("0.0.0.0");
  ck_assert(allowed_exposure(options).empty());  // it is off
  options.tls.port.set(0);
  for (const char* verify : {"off", "optional"}) {
    options.tls.verify.set(verify);
    ck_assert(refusal(options).starts_with("tls_host: '0.0.0.0' lets other machines in"));
  }
  options.tls.verify.set("required");
  ck_assert_uint_eq(allowed_exposure(options).size(), 1);
}
END_TEST

START_TEST(a_data_port_that_asks_who_its_clients_are_may_be_reached) {
  FrameworkOptions options;
  options.server.host.set("0.0.0.0");
  ck_assert_uint_eq(allowed_exposure(options, true).size(), 1);
  options.admin.host.set("0.0.0.0");
  try {
    (void)allowed_exposure(options, true);
    ck_abort_msg("the admin port asks nobody");
  } catch (const SetupError& error) {
    ck_assert(std::string_view(error.what()).starts_with("admin_host: "));
  }
}
END_TEST

START_TEST(an_admin_port_for_other_machines_must_be_allowed) {
  FrameworkOptions options;
  options.admin.host.set("::");
  ck_assert_text_eq(refusal(options).substr(0, 16), "admin_host: '::'");
}
END_TEST

START_TEST(ports_that_are_off_expose_nothing) {
  FrameworkOptions options;
  options.admin.host.set("0.0.0.0");
  options.admin.port.set(kPortOff);
  options.admin.http_port.set(kPortOff);
  options.server.host.set("");
  ck_assert(allowed_exposure(options).empty());
}
END_TEST

START_TEST(root_lets_other_machines_in_as_another_user_only) {
  FrameworkOptions options;
  ck_assert_text_eq(refusal(options, true), "");
  options.admin.host.set("0.0.0.0");
  options.process.allow_unauthenticated.set(true);
  ck_assert_text_eq(refusal(options, true),
                    "admin_host 0.0.0.0 lets other machines in: root has to name the user to "
                    "become (user: NAME)");
  options.process.user.set("nobody");
  ck_assert_text_eq(refusal(options, true), "");
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("core/exposure", pelikan::loopback_and_unix_sockets_are_local,
              pelikan::the_defaults_expose_nothing,
              pelikan::a_data_port_for_other_machines_must_be_allowed,
              pelikan::a_tls_port_may_be_reached_when_certificates_are_required,
              pelikan::a_data_port_that_asks_who_its_clients_are_may_be_reached,
              pelikan::an_admin_port_for_other_machines_must_be_allowed,
              pelikan::ports_that_are_off_expose_nothing,
              pelikan::root_lets_other_machines_in_as_another_user_only)
