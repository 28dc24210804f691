#include "core/admin_commands.h"

#include <csignal>
#include <optional>
#include <vector>

#include "log/log.h"
#include "metric/registry.h"
#include "option/option_set.h"

#include "check.h"

namespace pelikan {
namespace {

struct Connected : ConnectionTable {
  [[nodiscard]] std::vector<ConnectionRow> rows() const override {
    return {{.fd = 7,
             .peer = "tcp:10.0.0.1:500",
             .local = "tcp:10.0.0.2:11211",
             .state = "reading",
             .idle_ms = 2999}};
  }
  void hang_up(int /*fd*/) const noexcept override {}
};

struct Counted : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter request{this, "x_request", "requests"};
  Gauge level{this, "x_level", "level"};
};

struct Settings : OptionGroup {
  Option<uint64_t> size{this, "x_size", 10, "size"};
  Option<std::string> name{this, "x_name", "a b", "name"};
};

struct Silent : Service {
  std::unique_ptr<Processor> processor(const Clock&) override { return nullptr; }
};

struct Talkative : Silent {
  std::optional<std::string> stats(std::string_view sub) override {
    if (sub == "items") return "STAT items 3\r\nEND\r\n";
    if (sub == "settings") return "STAT mine 1\r\nEND\r\n";
    return std::nullopt;
  }
};

struct World {
  std::string ask(Service& service, std::string_view line) {
    return AdminCommands(context, service, [this] { return reload_answer; })
        .answer(admin::parse_request(line).request);
  }
  std::string ask(std::string_view line) {
    Silent service;
    return ask(service, line);
  }

  std::string reload_answer;
  FakeTime time;
  MetricRegistry registry;
  Counted counted{registry};
  LogOptions log_options;
  LogMetrics log_metrics{registry};
  Log log{log_options, log_metrics, time};
  Settings settings;
  OptionSet options{{&settings}};
  Connected connected;
  ServerContext context{.options = options,
                        .metrics = registry,
                        .time = time,
                        .log = log,
                        .connections = connected,
                        .version = "1.2.3",
                        .start_boot_ms = time.boot_ms(),
                        .start_unix_ms = time.unix_ms()};
};

START_TEST(stats_are_every_metric) {
  World world;
  world.counted.request.add(5);
  world.counted.level.set(-2);
  const std::string reply = world.ask("stats\r\n");
  ck_assert(reply.starts_with("STAT x_request 5\r\nSTAT x_level -2\r\nSTAT log_write 0\r\n"));
  ck_assert(reply.ends_with("\r\nEND\r\n"));
}
END_TEST

START_TEST(reset_begins_counters_anew_and_leaves_gauges) {
  World world;
  world.counted.request.add(5);
  world.counted.level.set(4);
  ck_assert_text_eq(world.ask("stats reset\r\n"), "RESET\r\n");
  world.counted.request.add(2);
  ck_assert(world.ask("stats\r\n").starts_with("STAT x_request 2\r\nSTAT x_level 4\r\n"));
}
END_TEST

START_TEST(settings_are_every_option) {
  World world;
  world.settings.size.set(11);
  ck_assert_text_eq(world.ask("stats settings\r\n"),
                    "STAT x_size 11\r\nSTAT x_name a b\r\nEND\r\n");
}
END_TEST

START_TEST(connections_are_told_as_memcached_does) {
  World world;
  ck_assert_text_eq(world.ask("stats conns\r\n"),
                    "STAT 7:addr tcp:10.0.0.1:500\r\nSTAT 7:listen_addr tcp:10.0.0.2:11211\r\n"
                    "STAT 7:state reading\r\nSTAT 7:secs_since_last_cmd 2\r\nEND\r\n");
}
END_TEST

START_TEST(a_service_answers_before_the_framework) {
  World world;
  Talkative service;
  ck_assert_text_eq(world.ask(service, "stats items\r\n"), "STAT items 3\r\nEND\r\n");
  ck_assert_text_eq(world.ask(service, "stats settings\r\n"), "STAT mine 1\r\nEND\r\n");
  ck_assert(world.ask(service, "stats\r\n").starts_with("STAT x_request 0\r\n"));
  ck_assert_text_eq(world.ask(service, "stats nonsense\r\n"), "ERROR\r\n");
}
END_TEST

START_TEST(version_is_the_projects) {
  World world;
  ck_assert_text_eq(world.ask("version\r\n"), "VERSION 1.2.3\r\n");
}
END_TEST

START_TEST(shutdown_asks_the_process_to_stop) {
  static volatile std::sig_atomic_t terminated = 0;
  std::signal(SIGTERM, [](int) { terminated = 1; });
  World world;
  ck_assert_text_eq(world.ask("shutdown now\r\n"), "ERROR\r\n");
  ck_assert_int_eq(terminated, 0);
  ck_assert_text_eq(world.ask("shutdown\r\n"), "OK\r\n");
  ck_assert_int_eq(terminated, 1);
}
END_TEST

START_TEST(reload_answers_what_did_not_do) {
  World world;
  ck_assert_text_eq(world.ask("reload\r\n"), "OK\r\n");
  world.reload_answer = "tls_cert /x: no start line";
  ck_assert_text_eq(world.ask("reload\r\n"), "SERVER_ERROR tls_cert /x: no start line\r\n");
}
END_TEST

START_TEST(verbosity_sets_the_log_level) {
  World world;
  ck_assert_text_eq(world.ask("verbosity 1\r\n"), "OK\r\n");
  ck_assert(world.log.level() == LogLevel::kDebug);
  ck_assert_text_eq(world.ask("verbosity 18446744073709551615\r\n"), "OK\r\n");
  ck_assert(world.log.level() == LogLevel::kVerbose);
  ck_assert_text_eq(world.ask("verbosity 0\r\n"), "OK\r\n");
  ck_assert(world.log.level() == LogLevel::kInfo);
  for (const char* line :
       {"verbosity\r\n", "verbosity x\r\n", "verbosity -1\r\n", "verbosity 1 2\r\n"}) {
    ck_assert_text_eq(world.ask(line), "ERROR\r\n");
  }
}
END_TEST

START_TEST(what_is_no_command_is_an_error) {
  World world;
  for (const char* line : {"\r\n", "get a\r\n", "stats nonsense\r\n", "version 2\r\n"}) {
    ck_assert_text_eq(world.ask(line), "ERROR\r\n");
  }
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("core/admin_commands", pelikan::stats_are_every_metric,
              pelikan::reset_begins_counters_anew_and_leaves_gauges,
              pelikan::settings_are_every_option, pelikan::connections_are_told_as_memcached_does,
              pelikan::a_service_answers_before_the_framework, pelikan::version_is_the_projects,
              pelikan::shutdown_asks_the_process_to_stop, pelikan::reload_answers_what_did_not_do,
              pelikan::verbosity_sets_the_log_level, pelikan::what_is_no_command_is_an_error)
