#include "core/tls_identity.h"

#include <filesystem>
#include <memory>
#include <string>

#include "base/setup_error.h"
#include "check.h"
#include "metric/registry.h"
#include "transport/tls_files.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

struct Rig {
  Rig() : time(1'000'000, static_cast<int64_t>(std::time(nullptr)) * 1000) {
    files.make("ca");
    files.make("server", "ca", 100 * kDay + 3600);
    std::filesystem::permissions(files.path("server.key"), std::filesystem::perms::owner_all);
    options.cert.set(files.path("server.pem"));
    options.key.set(files.path("server.key"));
    log_options.file.set(files.path("log"));
    log = std::make_unique<Log>(log_options, log_metrics, time);
  }
  void read() { identity = std::make_unique<TlsIdentity>(options, nullptr, time, registry, *log); }
  // What was logged since the last time, a line each.
  std::string logged() {
    log->flush();
    const std::string text = content_of(files.path("log"));
    return text.substr(std::exchange(told, text.size()));
  }
  int64_t metric(std::string_view name) { return registry.read().value(name); }

  static constexpr long kDay = 86'400;
  TlsFiles files;
  TlsOptions options;
  FakeTime time;
  MetricRegistry registry;
  LogMetrics log_metrics{registry};
  LogOptions log_options;
  std::unique_ptr<Log> log;
  size_t told = 0;
  std::unique_ptr<TlsIdentity> identity;
};

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

START_TEST(good_files_are_worth_no_word) {
  Rig rig;
  rig.read();
  ck_assert_text_eq(rig.logged(), "");
  ck_assert_int_eq(rig.metric("tls_certificate_loaded"), rig.time.unix_ms() / 1000);
  const int64_t left = rig.metric("tls_certificate_expires") - rig.time.unix_ms() / 1000;
  ck_assert_int_ge(left, 100 * Rig::kDay + 3540);
  ck_assert_int_le(left, 100 * Rig::kDay + 3660);
}
END_TEST

START_TEST(a_certificate_that_ends_is_told_once_a_day) {
  Rig rig;
  rig.read();
  rig.time.advance_ms(69 * Rig::kDay * 1000);
  rig.identity->tick();
  ck_assert_text_eq(rig.logged(), "");
  rig.time.advance_ms(2 * Rig::kDay * 1000);
  rig.identity->tick();
  ck_assert(says(rig.logged(), "the certificate expires in 29 days"));
  rig.identity->tick();
  ck_assert_text_eq(rig.logged(), "");
  rig.time.advance_ms(32 * Rig::kDay * 1000);
  rig.identity->tick();
  ck_assert(says(rig.logged(), "the certificate has expired, 2 days ago"));
}
END_TEST

START_TEST(a_key_for_everybody_is_told) {
  Rig rig;
  std::filesystem::permissions(rig.files.path("server.key"), std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  rig.read();
  ck_assert(says(rig.logged(), "everybody on this machine may read the key"));
}
END_TEST

START_TEST(a_ca_that_nobody_is_asked_by_is_told) {
  Rig rig;
  rig.options.ca.set(rig.files.path("ca.pem"));
  rig.read();
  ck_assert(says(rig.logged(), "tls_ca is set and tls_verify is off"));
}
END_TEST

START_TEST(new_files_that_do_not_do_leave_the_old_ones) {
  Rig rig;
  rig.read();
  const int64_t expires = rig.metric("tls_certificate_expires");
  rig.files.write("server.pem", "garbage");
  const std::string why = rig.identity->reload();
  ck_assert_text_eq(why, "tls_cert " + rig.files.path("server.pem") + ": no start line");
  ck_assert(says(rig.logged(), why));
  ck_assert_int_eq(rig.metric("tls_reloads"), 0);
  ck_assert_int_eq(rig.metric("tls_reloads_failed"), 1);
  ck_assert_int_eq(rig.metric("tls_certificate_expires"), expires);
  ck_assert(rig.identity->stream() != nullptr);

  rig.files.make("server", "ca", 50 * Rig::kDay);
  ck_assert_text_eq(rig.identity->reload(), "");
  ck_assert_int_eq(rig.metric("tls_reloads"), 1);
  ck_assert_int_lt(rig.metric("tls_certificate_expires"), expires);
}
END_TEST

PELIKAN_TESTS("core/tls_identity", good_files_are_worth_no_word,
              a_certificate_that_ends_is_told_once_a_day, a_key_for_everybody_is_told,
              a_ca_that_nobody_is_asked_by_is_told, new_files_that_do_not_do_leave_the_old_ones)
